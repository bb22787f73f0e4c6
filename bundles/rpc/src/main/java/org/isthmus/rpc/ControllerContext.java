package org.isthmus.rpc;

import java.util.List;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.ModelEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Blobs;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.Store;
import org.isthmus.spi.CharmSource;
import org.isthmus.spi.CloudProvider;
import org.isthmus.spi.Plug;

/** One controller's things, handed to facades and reconcilers. Made by room `controller`. */
public interface ControllerContext {
    String uuid();

    String name();

    Store store();

    Blobs blobs();

    Logs logs();

    /** Where clients reach it: `host:port`, best first. */
    List<String> apiAddresses();

    /** PEM of the controller's own CA. */
    String caCert();

    Plug<ApplicationEngine> applications();

    Plug<RelationEngine> relations();

    default Plug<OfferEngine> offers() {
        throw new IllegalStateException("no offer registry in this context");
    }

    Plug<ModelEngine> models();

    Plug<AccessEngine> access();

    /** The provider of a cloud type; the same plug for the same type. Calls to a type that is not installed wait, then fail. */
    Plug<CloudProvider> provider(String cloudType);

    /** Types of the providers that are installed now. */
    List<String> providerTypes();

    /** Every installed charm source behind one plug, best first. */
    Plug<List<CharmSource>> charmSources();

    /** Every plug of this controller and of its container, the store's among them; for display. */
    default List<Plug<?>> plugs() {
        return List.of();
    }

    /** The container's door to its controllers: how `destroy-controller` ends this one. */
    ControllerHost host();
}
