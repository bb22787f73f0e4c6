package org.isthmus.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The machine's way to its controller: one connection at a time, dialled again for ever. Each connection has a number; logins and
 * watchers belong to one and end with it.
 */
public interface ControllerLink extends AutoCloseable {
    /** Waits for a connection on which the machine is logged in, and answers its number. */
    long await(Duration patience) throws InterruptedException;

    /** Whether there is a connection now. */
    boolean isUp();

    /** Adds the identity of a unit to this connection. Fails with Refused or {@link ControllerUnreachable}. */
    CompletionStage<Void> login(long connection, String tag, String password);

    /** One request. Fails with Refused or {@link ControllerUnreachable}. */
    CompletionStage<JsonNode> request(
            long connection, String facade, int version, String id, String method, Object params);

    /**
     * @param trace of the request at the controller that this one follows from; null for none
     * @param key under which it may be repeated, on whatever connection, without being done twice; null for none
     */
    default CompletionStage<JsonNode> request(
            long connection,
            String facade,
            int version,
            String id,
            String method,
            Object params,
            String trace,
            String key) {
        return request(connection, facade, version, id, method, params);
    }

    /** The highest epoch of the model that any controller answered; who answers a lower one is never connected to. */
    long epoch();

    /** Gives this connection up: a new login tells who owns the model. */
    void distrust(long connection);

    /** Fetches `path` as this agent into the file. */
    void download(String path, String tag, String password, Path target) throws IOException, InterruptedException;

    @Override
    void close();
}
