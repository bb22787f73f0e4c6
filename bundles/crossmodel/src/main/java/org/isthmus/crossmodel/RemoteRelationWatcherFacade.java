package org.isthmus.crossmodel;

import java.util.Map;
import java.util.Set;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Snapshot;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Next;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChange;

/** Tells a consumer what changed at the offering side of its relation. */
@Facade(name = "RemoteRelationWatcher", since = 1, until = 1, scope = Facade.Scope.ANONYMOUS)
public final class RemoteRelationWatcherFacade {

    @Next
    @SuppressWarnings("unchecked")
    public Object next(Call call, WatchHandle handle, Set<Key> changed) {
        Map<String, Object> state = (Map<String, Object>) handle.state();
        Snapshot model = call.controller()
                .store()
                .model(handle.model())
                .orElseThrow(() -> Problem.refuse(Code.MODEL_NOT_FOUND, "unknown model: \"%s\"", handle.model()))
                .snapshot();
        OfferConnection connection = model.get(Kinds.OFFER_CONNECTION, (String) state.get("token"));
        if (connection == null) {
            throw Problem.refuse(Code.NOT_FOUND, "relation \"%s\" not found", state.get("token"));
        }
        RelationChange change = OfferingView.change(model, connection, (Map<String, String>) state.get("told"));
        String trace = call.controller()
                .store()
                .model(handle.model())
                .map(documents -> documents.trace(changed))
                .orElse(null);
        return change == null ? null : change.withTrace(trace);
    }
}
