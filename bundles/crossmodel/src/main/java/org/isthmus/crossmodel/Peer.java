package org.isthmus.crossmodel;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletionStage;

/** A connection to a controller as this room uses it. */
interface Peer extends AutoCloseable {
    /**
     * One request. Refusals fail the stage with {@link org.isthmus.api.Refused}; a lost connection fails it with another
     * exception, and then nobody knows whether it was done.
     *
     * @param id of a watcher; empty for none
     */
    CompletionStage<JsonNode> call(String facade, String id, String method, Object params);

    boolean isOpen();

    /** Completes when the connection is gone, with the reason. */
    CompletionStage<Throwable> closed();

    @Override
    void close();
}
