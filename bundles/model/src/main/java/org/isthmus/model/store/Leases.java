package org.isthmus.model.store;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Application leadership. Holder and fencing number are documents ({@link org.isthmus.model.Kinds#LEASE}); renewals live in
 * memory only. After a start or an import every lease has one full term before it may expire.
 */
public interface Leases {
    /** Juju's lease term. */
    Duration TERM = Duration.ofSeconds(60);

    /**
     * Claims or renews for this unit. True when it holds the lease after the call; then it holds it for {@link #TERM} from
     * when the call was made.
     */
    CompletionStage<Boolean> claim(String application, String unit);

    /** Gives the lease up, when its unit is removed or its agent is gone. */
    CompletionStage<Void> release(String application, String unit);
}
