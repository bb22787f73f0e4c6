package org.isthmus.model;

import java.time.Duration;
import java.time.Instant;

/** How a removal is forced: {@code at} is when it goes on without those it waits for; null waits for as long as they take. */
public record Force(Instant at) {
    /** What is forced waits this long, unless the operator says otherwise. */
    public static final Duration WAIT = Duration.ofMinutes(1);

    public static final Force NONE = new Force(null);

    /** What an operator asks for; no wait given is the usual one, none at all is from now. */
    public static Force asked(boolean force, Duration wait, Instant now) {
        if (!force) {
            return NONE;
        }
        Duration given = wait == null ? WAIT : wait;
        return new Force(given.isNegative() ? now : now.plus(given));
    }

    /** As it is stored. What was forced before there was a wait is forced from the beginning. */
    static Force stored(boolean forced, Instant at) {
        return forced && at == null ? new Force(Instant.EPOCH) : new Force(forced ? at : null);
    }

    /** The one that comes first. */
    public Force or(Force other) {
        if (at == null || other.at == null) {
            return at == null ? other : this;
        }
        return other.at.isBefore(at) ? other : this;
    }

    public boolean isAsked() {
        return at != null;
    }

    /** Whether the time to wait is over. */
    public boolean isDue(Instant now) {
        return at != null && !now.isBefore(at);
    }
}
