package org.isthmus.crossmodel;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Next;
import org.isthmus.rpc.WatchHandle;
import org.isthmus.wire.crossmodel.CrossModelCalls.OfferStatus;
import org.isthmus.wire.crossmodel.CrossModelCalls.OfferStatuses;

/** Tells a consumer how the offered application is. */
@Facade(name = "OfferStatusWatcher", since = 1, until = 1, scope = Facade.Scope.ANONYMOUS)
public final class OfferStatusWatcherFacade {

    @Next
    @SuppressWarnings("unchecked")
    public CompletionStage<Object> next(Call call, WatchHandle handle, Set<Key> changed) {
        Map<String, Object> state = (Map<String, Object>) handle.state();
        Snapshot controller = call.controller().store().controller().snapshot();
        Snapshot model = call.controller()
                .store()
                .model(handle.model())
                .orElseThrow(() -> Problem.refuse(Code.MODEL_NOT_FOUND, "unknown model: \"%s\"", handle.model()))
                .snapshot();
        String offer = (String) state.get("offer");
        OfferStatus status = OfferingView.status(model, offer);
        // Revoked: the watcher ends at once, and says why.
        return call.controller().access().call(access -> {
            boolean exists = model.has(Kinds.OFFER, offer);
            if (exists && !Authority.mayConsume(controller, model, access, offer, (String) state.get("user"))) {
                throw Problem.denied();
            }
            String digest = status.status().status() + "/" + status.status().info();
            boolean told = digest.equals(state.put("digest", digest));
            return CompletableFuture.completedFuture(told ? null : new OfferStatuses(List.of(status)));
        });
    }
}
