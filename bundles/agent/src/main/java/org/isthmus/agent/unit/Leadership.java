package org.isthmus.agent.unit;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.isthmus.wire.agent.LeadershipAnswer;

/**
 * What a unit knows of its lead. A lease counts from the moment before the claim was sent: the controller cannot have begun
 * earlier, so it never ends later there than here.
 */
public final class Leadership {
    /** How long a hook may rely on `True`. */
    public static final Duration GUARANTEE = Duration.ofSeconds(30);

    static final Duration RENEWAL = Duration.ofSeconds(30);

    private final UnitApi api;
    private final LongSupplier nanos;
    private boolean known;
    private boolean leader;
    private long until;

    public Leadership(UnitApi api, LongSupplier nanos) {
        this.api = api;
        this.nanos = nanos;
    }

    /** True only if nobody else can lead for the next 30 s; fails when the controller cannot be asked. */
    public boolean isLeader() throws InterruptedException {
        synchronized (this) {
            if (leader && until - nanos.getAsLong() >= GUARANTEE.toNanos()) {
                return true;
            }
        }
        return claim();
    }

    boolean claim() throws InterruptedException {
        long asked = nanos.getAsLong();
        LeadershipAnswer answer = api.claimLeadership();
        synchronized (this) {
            known = true;
            leader = answer.leader();
            until = asked + Duration.ofSeconds(answer.seconds()).toNanos();
            // The claim may have waited for the controller longer than the lease has left to give.
            return leader && until - nanos.getAsLong() >= GUARANTEE.toNanos();
        }
    }

    /** True, false, or null while nothing is known. A lead that ran out is none. */
    synchronized Boolean belief() {
        if (!known) {
            return null;
        }
        return leader && until - nanos.getAsLong() > 0;
    }
}
