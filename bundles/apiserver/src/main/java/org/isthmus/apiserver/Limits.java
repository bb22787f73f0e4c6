package org.isthmus.apiserver;

import java.time.Duration;

/**
 * What a peer may cost.
 *
 * @param frame bytes of one message that comes in
 * @param anonymous bytes of one message of a caller without a password; another controller's whole relation must fit
 * @param beforeLogin bytes that may come in before a login
 * @param unauthenticated connections that have not shown who they are, of all controllers together
 * @param handshakes TLS handshakes at a time; others wait
 * @param loginTime from connect to login
 * @param ping interval of WebSocket pings
 * @param pong a connection without a pong for so long is dropped
 * @param pinger agents and anonymous callers that do not call Pinger.Ping for so long are dropped
 * @param outbound bytes that may wait for a slow reader
 * @param inFlight requests of one connection that are worked on at a time; beyond it its socket is not read
 * @param queue requests of all connections that wait for a thread; beyond it they are refused with `try again`
 * @param watchers of one connection
 * @param housekeeping how often the times above are looked at
 * @param message while a message is coming in, each such time must bring 256 KiB of it, or its end; the second that does not ends it
 */
record Limits(
        int frame,
        int anonymous,
        int beforeLogin,
        int unauthenticated,
        int handshakes,
        Duration loginTime,
        Duration ping,
        Duration pong,
        Duration pinger,
        long outbound,
        int inFlight,
        int queue,
        int watchers,
        Duration housekeeping,
        Duration message) {

    static final Limits USUAL = new Limits(
            64 << 20,
            8 << 20,
            32 << 10,
            2000,
            128,
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(90),
            Duration.ofMinutes(3),
            32L << 20,
            256,
            20_000,
            20_000,
            Duration.ofSeconds(5),
            Duration.ofSeconds(60));
}
