package org.isthmus.rpc;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;

public class DoorstepTest {
    /** Each byte comes soon after the one before: a limit for one read would never end it. */
    @Test
    public void oneDeadlineForTheWholeGreeting() throws Exception {
        CompletableFuture<IOException> ended = new CompletableFuture<>();
        try (Doorstep door = new Doorstep(
                        "test",
                        Duration.ofMillis(300),
                        (socket, in) -> {
                            try {
                                in.readNBytes(1 << 20);
                                ended.complete(null);
                            } catch (IOException late) {
                                ended.complete(late);
                            }
                            return null;
                        },
                        Runnable::run);
                Socket stranger = open(door)) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!ended.isDone()) {
                assertTrue("it may drip for ever", System.nanoTime() < until);
                try {
                    stranger.getOutputStream().write('x');
                } catch (IOException sentAway) {
                    break;
                }
            }
            assertTrue(ended.get(20, TimeUnit.SECONDS) instanceof SocketTimeoutException);
        }
    }

    @Test
    public void theOneThatWaitsLongestIsSentAway() throws Exception {
        Socket[] strangers = new Socket[129];
        try (Doorstep door = new Doorstep(
                "test",
                Duration.ofMinutes(1),
                (socket, in) -> {
                    in.read();
                    return null;
                },
                Runnable::run)) {
            strangers[0] = open(door);
            for (int i = 1; i < strangers.length; i++) {
                strangers[i] = new Socket("127.0.0.1", door.port());
            }
            strangers[0].setSoTimeout(20_000);
            assertEquals(-1, strangers[0].getInputStream().read());
            strangers[1].setSoTimeout(1);
            SocketTimeoutException waits = null;
            try {
                strangers[1].getInputStream().read();
            } catch (SocketTimeoutException stillThere) {
                waits = stillThere;
            }
            assertEquals(SocketTimeoutException.class, waits.getClass());
        } finally {
            for (Socket each : strangers) {
                each.close();
            }
        }
    }

    @Test
    public void guestsReadOnWhereTheGreetingEnded() throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        try (Doorstep door = new Doorstep(
                        "test",
                        Duration.ofSeconds(20),
                        (socket, in) -> {
                            in.readNBytes(2);
                            return new Doorstep.Visit() {
                                @Override
                                public void run() throws IOException {
                                    heard.complete(new String(in(socket), "US-ASCII"));
                                }

                                @Override
                                public void refuse() {
                                    heard.complete(null);
                                }
                            };
                        },
                        Runnable::run);
                Socket guest = open(door)) {
            guest.getOutputStream().write("hi there".getBytes("US-ASCII"));
            guest.shutdownOutput();
            assertEquals(" there", heard.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    public void whoFindsNoRoomIsTold() throws Exception {
        CompletableFuture<String> told = new CompletableFuture<>();
        try (Doorstep door = new Doorstep(
                        "test",
                        Duration.ofSeconds(20),
                        (socket, in) -> new Doorstep.Visit() {
                            @Override
                            public void run() {
                                told.complete("let in");
                            }

                            @Override
                            public void refuse() {
                                told.complete(null);
                            }
                        },
                        task -> {
                            throw new java.util.concurrent.RejectedExecutionException("full");
                        });
                Socket guest = open(door)) {
            assertNull(told.get(20, TimeUnit.SECONDS));
            assertEquals(-1, guest.getInputStream().read());
        }
    }

    /** As a process has it that has no file left to open. */
    @Test
    public void whenNobodyCanBeLetInItPausesAndThenGoesOn() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        CompletableFuture<Boolean> greeted = new CompletableFuture<>();
        ServerSocket poor = new ServerSocket(0, 64, InetAddress.getLoopbackAddress()) {
            @Override
            public Socket accept() throws IOException {
                if (tries.incrementAndGet() <= 2) {
                    throw new IOException("Too many open files");
                }
                return super.accept();
            }
        };
        long begin = System.nanoTime();
        try (Doorstep door = new Doorstep(
                        "test",
                        Duration.ofSeconds(20),
                        (socket, in) -> {
                            greeted.complete(true);
                            return null;
                        },
                        Runnable::run,
                        poor);
                Socket guest = open(door)) {
            assertTrue(greeted.get(20, TimeUnit.SECONDS));
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            assertTrue("two pauses in " + millis + " ms", millis >= 1000);
        }
    }

    private static byte[] in(Socket socket) throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    private static Socket open(Doorstep door) throws IOException {
        door.open();
        return new Socket("127.0.0.1", door.port());
    }
}
