package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.isthmus.rpc.ApiServerFactory;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.rpc.Json;
import org.isthmus.rpc.Metrics;

/** Makes the servers of a container's controllers, and owns what they share: threads and facades. */
final class ApiServers implements ApiServerFactory, AutoCloseable {
    private final Costs costs;
    private final Failures failures;
    private final Threads threads = new Threads();
    private final Facades facades = new Facades(threads.timer());
    private final ObjectMapper json = Json.newMapper();
    private final List<Metrics> metrics = new CopyOnWriteArrayList<>();
    private final Set<Server> servers = ConcurrentHashMap.newKeySet();

    ApiServers() {
        this(
                new Costs(Limits.USUAL, Runtime.getRuntime().maxMemory()),
                new Failures(Duration.ofMillis(250), Duration.ofSeconds(15)));
    }

    ApiServers(Costs costs, Failures failures) {
        this.costs = costs;
        this.failures = failures;
    }

    void bind(String key, FacadeSet set) {
        facades.bind(key, set);
    }

    void unbind(String key, FacadeSet set) {
        facades.unbind(key, set);
    }

    void bind(Metrics source) {
        metrics.add(source);
    }

    void unbind(Metrics source) {
        metrics.remove(source);
    }

    Threads threads() {
        return threads;
    }

    @Override
    public void createAuthority(Path folder, String controllerName) throws IOException {
        Apart.call(() -> {
            new Authority(folder).create(controllerName);
            return null;
        });
    }

    @Override
    public String caCert(Path folder) throws IOException {
        return Apart.call(() -> new Authority(folder).caCert());
    }

    @Override
    public Server start(ControllerContext controller, Path folder, String address, int port) throws IOException {
        Server server = Apart.call(
                () -> new Server(controller, threads, facades, metrics, costs, failures, json, folder, address, port));
        servers.add(server);
        return server;
    }

    @Override
    public void close() {
        for (Server server : servers) {
            server.close();
        }
        try {
            Apart.call(() -> {
                threads.close();
                return null;
            });
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
    }
}
