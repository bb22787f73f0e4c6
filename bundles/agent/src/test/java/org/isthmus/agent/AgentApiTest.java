package org.isthmus.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNotNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.rpc.Json;
import org.junit.Test;

/** What is asked again bears the key of the first time; what is asked anew bears another. */
public class AgentApiTest {
    private final List<String> keys = new ArrayList<>();
    private final List<RuntimeException> failures = new ArrayList<>();

    private final ControllerLink link = new ControllerLink() {
        @Override
        public long await(Duration patience) {
            return 1 + keys.size();
        }

        @Override
        public boolean isUp() {
            return true;
        }

        @Override
        public CompletionStage<Void> login(long connection, String tag, String password) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<JsonNode> request(
                long connection, String facade, int version, String id, String method, Object params) {
            throw new AssertionError("without a key");
        }

        @Override
        public CompletionStage<JsonNode> request(
                long connection,
                String facade,
                int version,
                String id,
                String method,
                Object params,
                String trace,
                String key) {
            keys.add(key);
            return failures.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(failures.remove(0));
        }

        @Override
        public long epoch() {
            return 1;
        }

        @Override
        public void distrust(long connection) {}

        @Override
        public void download(String path, String tag, String password, Path target) {}

        @Override
        public void close() {}
    };

    @Test
    public void askedAgainUnderTheSameKey() throws Exception {
        failures.add(new ControllerUnreachable("lost", null));
        failures.add(Problem.refuse(Code.TRY_AGAIN, "try again"));
        try (AgentApi api = new AgentApi(link, Json.newMapper(), "unit-wp-0", "secret", null)) {
            api.call("Uniter", 21, "ClearResolved", null, Void.class, Duration.ofSeconds(20));
            api.call("Uniter", 21, "ClearResolved", null, Void.class, Duration.ofSeconds(20));
        }
        assertEquals(4, keys.size());
        assertNotNull(keys.get(0));
        assertEquals(keys.get(0), keys.get(1));
        assertEquals(keys.get(0), keys.get(2));
        assertNotEquals(keys.get(0), keys.get(3));
    }
}
