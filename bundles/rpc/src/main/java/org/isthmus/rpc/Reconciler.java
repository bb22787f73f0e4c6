package org.isthmus.rpc;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.isthmus.model.Cause;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;

/**
 * Service: brings the world towards what a model says, by level and not by edge. Stateless: its host owns queue, dedupe and
 * backoff, and calls it for one model at a time.
 */
public interface Reconciler {
    String name();

    Set<Interest> interests();

    /**
     * Takes the next steps. The stage's value says when to ask again without a change; null: not before one. A failure is
     * logged and tried again with backoff (1 s to 60 s).
     */
    CompletionStage<Duration> reconcile(ControllerContext controller, Documents model, Cause cause);

    /** True: it is asked about the controller's own documents; false: about each model's. */
    default boolean onController() {
        return false;
    }
}
