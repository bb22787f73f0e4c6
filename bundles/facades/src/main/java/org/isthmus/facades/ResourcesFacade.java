package org.isthmus.facades;

import java.util.List;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.CharmCalls.*;
import org.isthmus.wire.Entities;
import org.isthmus.wire.Listing;

/** Files that come beside charms. None are kept yet: charms that declare some are deployed without. */
@Facade(name = "Resources", since = 3, until = 3)
final class ResourcesFacade {

    @Method(access = Access.MODEL_READ)
    public Listing<ApplicationResources> listResources(Call call, Entities params) {
        return new Listing<>(Items.read(
                params == null ? List.<Entities.Entity>of() : params.entities(),
                e -> call.model().snapshot().need(Kinds.APPLICATION, Tag.idOf("application", e.tag())),
                (application, error) -> new ApplicationResources(List.of(), List.of(), List.of(), error)));
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public PendingIds addPendingResources(Call call, PendingResources params) {
        if (params != null && params.resources() != null && !params.resources().isEmpty()) {
            throw Problem.refuse(Code.NOT_SUPPORTED, "charm resources are not supported");
        }
        return new PendingIds(List.of(), null);
    }
}
