package org.isthmus.controller;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.spi.HostClaims;

/**
 * Ports of this host that controllers keep for good. Clients and agents write a port down, so it must not go to another controller
 * while its own is stopped, whichever container or user runs either.
 */
final class ApiPorts {
    private static final int USUAL = 17070;
    /** Below what the kernel gives to outgoing connections, which would hold a port while its controller is stopped. */
    private static final int LOW = 20_000;

    private static final int HIGH = 32_000;
    private static final int TRIES = 1_000;

    private final HostClaims claims;

    /** @param claims shared by all containers of the host */
    ApiPorts(Path claims) {
        this.claims = new HostClaims(claims);
    }

    /** A port that is free on this address and nobody else's: the usual one if possible. */
    synchronized int choose(String bind, Path controller) throws IOException {
        int port = USUAL;
        for (int tries = 0; tries < TRIES; tries++) {
            if (isFree(bind, port) && claim(port, controller)) {
                return port;
            }
            port = RandomGenerator.getDefault().nextInt(LOW, HIGH);
        }
        throw Problem.refuse(Code.QUOTA_LIMIT_EXCEEDED, "no free port for the API on %s", bind);
    }

    private static boolean isFree(String bind, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(bind), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private boolean claim(int port, Path controller) throws IOException {
        String name = Integer.toString(port);
        claims.free(name, Duration.ZERO);
        return claims.claim(name, controller);
    }
}
