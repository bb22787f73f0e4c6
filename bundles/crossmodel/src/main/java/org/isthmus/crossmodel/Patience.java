package org.isthmus.crossmodel;

import java.time.Duration;

/**
 * How long this room waits for what.
 *
 * @param first wait before a new try; doubles with each
 * @param last longest wait before a new try
 * @param answer after which a call that is not answered breaks its connection
 * @param late for how long a call that was under way when its connection broke may still be carried out over there; longer
 *     than a server parks calls
 * @param outbox between two looks at what could not be sent
 */
record Patience(Duration first, Duration last, Duration answer, Duration late, Duration outbox) {
    static final Patience USUAL = new Patience(
            Duration.ofMillis(500),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofSeconds(5));

    Backoff backoff() {
        return new Backoff(first.toMillis(), last.toMillis());
    }
}
