package org.isthmus.cli.command;

import java.time.Duration;
import org.isthmus.client.Connections;
import org.isthmus.client.Dialer;

/** The connections that all runs share: a command finds its predecessor's still open. */
final class Reach implements AutoCloseable {
    private final Dialer dialer = new Dialer("juju");
    private final Connections connections = new Connections(dialer, Duration.ofSeconds(60), Duration.ofSeconds(10));

    Dialer dialer() {
        return dialer;
    }

    Connections connections() {
        return connections;
    }

    @Override
    public void close() {
        connections.close();
        dialer.close();
    }
}
