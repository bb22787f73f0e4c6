package org.isthmus.itests.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Dialer;
import org.isthmus.client.Endpoint;
import org.isthmus.client.Login;
import org.isthmus.wire.agent.AgentTag;

/**
 * Heap of the server for each of 500 machine agents: a TLS connection with two identities, and two watchers that wait. Beside it
 * what 500 TLS connections cost that do nothing.
 */
final class Agents implements Figure {
    private static final int STEP = 100;
    private static final int AGENTS = 500;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What the server says of itself. */
    private record State(long heap, long direct, int connections, int bare) {}

    @Override
    public void measure(Report report) throws Exception {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m",
                        "-XX:+UseSerialGC",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                        "-Dderby.stream.error.file=/dev/null",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AgentServer.class.getName(),
                        Integer.toString(AGENTS))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader from =
                        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
                Writer to = server.outputWriter(StandardCharsets.UTF_8);
                Dialer dialer = new Dialer("figures")) {
            String[] ready = from.readLine().split(" ");
            Endpoint endpoint =
                    Endpoint.model(List.of("127.0.0.1:" + ready[1]), Files.readString(Path.of(ready[4])), ready[3]);
            List<ApiConnection> agents = new ArrayList<>();
            // The first brings classes, pools and caches in.
            connect(dialer, endpoint, agents, STEP);
            double[] each = new double[AGENTS / STEP - 1];
            State before = ask(to, from);
            State first = before;
            for (int step = 0; step < each.length; step++) {
                connect(dialer, endpoint, agents, STEP);
                State after = ask(to, from);
                each[step] = (double) (after.heap() - before.heap()) / STEP;
                before = after;
            }
            if (before.connections() != AGENTS) {
                throw new AssertionError("the server has " + before.connections() + " connections");
            }
            State all = before;
            double[] floor = new double[each.length];
            List<SSLSocket> bare = new ArrayList<>();
            bare(Integer.parseInt(ready[2]), bare, STEP);
            before = ask(to, from);
            for (int step = 0; step < floor.length; step++) {
                bare(Integer.parseInt(ready[2]), bare, STEP);
                State after = ask(to, from);
                floor[step] = (double) (after.heap() - before.heap()) / STEP;
                before = after;
            }
            report.compare(
                    "heap of an agent's connection, at 500",
                    "%.1f KiB",
                    1.0 / 1024,
                    new Rounds(each),
                    "a bare TLS socket of the JDK",
                    new Rounds(floor));
            report.note(String.format(
                    "with them grow the direct buffers of the server by %.1f KiB a connection; its heap is %.1f MiB in all",
                    (all.direct() - first.direct()) / 1024.0 / (AGENTS - STEP), all.heap() / 1048576.0));
            for (SSLSocket socket : bare) {
                socket.close();
            }
            agents.forEach(ApiConnection::close);
        } finally {
            server.getOutputStream().close();
            if (!server.waitFor(30, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        }
    }

    private static State ask(Writer to, BufferedReader from) throws IOException {
        to.write("state\n");
        to.flush();
        String[] words = from.readLine().split(" ");
        return new State(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]));
    }

    private static void connect(Dialer dialer, Endpoint endpoint, List<ApiConnection> agents, int count)
            throws Exception {
        for (int i = 0; i < count; i++) {
            int number = agents.size();
            String machine = "machine-" + number;
            String unit = "unit-app-" + number;
            ApiConnection agent = Site.get(
                    dialer.connect(endpoint, Login.agent(machine, AgentServer.PASSWORD, "nonce-" + number), LIMIT));
            agents.add(agent);
            Site.get(agent.login(Login.agent(unit, AgentServer.PASSWORD, null)));
            follow(agent, "Deployer", "WatchMachine", "MachineStateWatcher", machine);
            follow(agent, "Uniter", "WatchUnit", "UnitStateWatcher", unit);
        }
    }

    private static void follow(ApiConnection agent, String facade, String method, String watcher, String tag)
            throws Exception {
        JsonNode answer = Site.get(agent.call(facade, method, new AgentTag(tag)));
        next(agent, watcher, answer.get("watcher-id").asText());
    }

    /** Asks again whenever it is told, so that one `Next` always waits. */
    private static void next(ApiConnection agent, String watcher, String id) {
        CompletionStage<JsonNode> told = agent.call(watcher, agent.bestVersion(watcher), id, "Next", null);
        told.thenAccept(state -> next(agent, watcher, id));
    }

    private static void bare(int port, List<SSLSocket> sockets, int count) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        for (int i = 0; i < count; i++) {
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
            socket.startHandshake();
            socket.getOutputStream().write(1);
            if (socket.getInputStream().read() != 1) {
                throw new AssertionError("no echo");
            }
            sockets.add(socket);
        }
    }

    /** The floor is of this machine and made a moment ago. */
    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
