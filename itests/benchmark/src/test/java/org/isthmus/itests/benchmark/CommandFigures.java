package org.isthmus.itests.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.isthmus.itests.harness.Distribution;
import org.junit.Test;

/** What a person waits for: the start of a container, and `juju status`; each beside the least it could be on this machine. */
public class CommandFigures {
    private static final int TIMES = 50;

    @Test
    public void startAndStatus() throws IOException {
        Distribution isthmus = new Distribution("figures");
        isthmus.prepare();
        try {
            double cold = seconds(isthmus::start);
            isthmus.stop();
            double warm = seconds(isthmus::start);
            double jvm = seconds(() -> isthmus.run(List.of("java", "-version"), Duration.ofSeconds(30)));
            System.out.printf(
                    "container start: %.1f s the first time, %.1f s again; floor: a JVM %.2f s%n", cold, warm, jvm);

            isthmus.juju("bootstrap", "localhost", "figures").ok();
            double status = median(() -> isthmus.juju("status").ok());
            double process = median(() -> isthmus.run(List.of("perl", "-e", "1"), Duration.ofSeconds(30)));
            double loopback = median(CommandFigures::echo);
            System.out.printf(
                    "bin/juju status: %.1f ms; floor: a process that starts perl %.1f ms, a loopback request %.2f ms%n",
                    status, process, loopback);
        } finally {
            isthmus.end();
        }
        isthmus.delete();
    }

    private static void echo() {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            OutputStream out = client.getOutputStream();
            InputStream in = accepted.getInputStream();
            out.write(1);
            accepted.getOutputStream().write(in.read());
            client.getInputStream().read();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static double seconds(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e9;
    }

    private static double median(Runnable work) {
        double[] times = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            times[i] = seconds(work) * 1000;
        }
        Arrays.sort(times);
        return times[TIMES / 2];
    }
}
