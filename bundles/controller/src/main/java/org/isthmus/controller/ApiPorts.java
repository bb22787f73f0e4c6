package org.isthmus.controller;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.random.RandomGenerator;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;

/**
 * Ports of this host that controllers keep for good. Clients and agents write a port down, so it must not go to another controller
 * while its own is stopped, whichever container or user runs either: a claim is a file named after the port, with the folder of
 * the controller in it, and ends with that folder.
 */
final class ApiPorts {
    private static final int USUAL = 17070;
    /** Below what the kernel gives to outgoing connections, which would hold a port while its controller is stopped. */
    private static final int LOW = 20_000;

    private static final int HIGH = 32_000;
    private static final int TRIES = 1_000;

    private final Path claims;

    /** @param claims shared by all containers of the host */
    ApiPorts(Path claims) {
        this.claims = claims;
    }

    /** A port that is free on this address and nobody else's: the usual one if possible. */
    synchronized int choose(String bind, Path controller) throws IOException {
        makeFolder();
        // Another container may be choosing.
        try (FileChannel channel = FileChannel.open(lockFile(), StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            int port = USUAL;
            for (int tries = 0; tries < TRIES && lock.isValid(); tries++) {
                if (isFree(bind, port) && claim(port, controller)) {
                    return port;
                }
                port = RandomGenerator.getDefault().nextInt(LOW, HIGH);
            }
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
        Path claim = claims.resolve(Integer.toString(port));
        if (Files.exists(claim)) {
            if (Files.exists(Path.of(Files.readString(claim)))) {
                return false;
            }
            Files.delete(claim);
        }
        Files.write(claim, controller.toString().getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW);
        return true;
    }

    private Path lockFile() throws IOException {
        Path lock = claims.resolve("lock");
        try {
            Files.createFile(lock);
            Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString("rw-rw-rw-"));
        } catch (FileAlreadyExistsException byAnother) {
            return lock;
        }
        return lock;
    }

    private void makeFolder() throws IOException {
        try {
            Files.createDirectory(claims);
            Files.setPosixFilePermissions(claims, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (FileAlreadyExistsException byAnother) {
            return;
        }
    }
}
