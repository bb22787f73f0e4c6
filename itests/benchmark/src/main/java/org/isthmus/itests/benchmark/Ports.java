package org.isthmus.itests.benchmark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports that nobody else on this machine is likely to take while a container of ours is stopped. */
final class Ports {
    private Ports() {}

    static int free() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
