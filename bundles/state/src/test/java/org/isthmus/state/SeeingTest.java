package org.isthmus.state;

import static org.isthmus.state.Documenting.CONTROLLER;
import static org.isthmus.state.Documenting.get;
import static org.isthmus.state.Documenting.put;
import static org.isthmus.state.Documenting.setModel;
import static org.isthmus.state.Documenting.uuid;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.isthmus.model.Controller;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Store;
import org.isthmus.store.derby.DerbyJournals;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.slf4j.MDC;

/** What the room lets its operators see. */
public class SeeingTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private static Key key(String name) {
        return new Key(Kinds.SEQUENCE, name);
    }

    @Test
    public void whatFollowsFromARequestCanBearItsTrace() {
        Traces traces = new Traces();
        traces.note(Map.of(key("a"), "first", key("b"), "first"));
        traces.note(Map.of(key("b"), "second"));
        assertEquals("first", traces.of(List.of(key("a"))));
        assertEquals("second", traces.of(List.of(key("a"), key("b"))));
        assertNull(traces.of(List.of(key("c"))));
        assertNull(traces.of(List.of()));
        for (int n = 0; n < 5000; n++) {
            traces.note(Map.of(key("n" + n), "later"));
        }
        assertNull("only the newest are remembered", traces.of(List.of(key("a"))));
    }

    @Test
    public void aCommitRemembersWhoseItWas() throws Exception {
        try (Store store = new JournaledStores()
                .open(CONTROLLER, temporary.getRoot().toPath().resolve("store"), true, new DerbyJournals())) {
            Documents model = get(store.create(uuid(1), tx -> setModel(tx, uuid(1))));
            MDC.put("trace", "abc");
            get(model.submit(tx -> put(tx, "s", 1)));
            MDC.remove("trace");
            String seen = model.trace(List.of(key("s")));
            // Where there is no log system there is no context of a line either, and then nothing to remember.
            assertEquals(MDC.getMDCAdapter() instanceof org.slf4j.helpers.NOPMDCAdapter ? null : "abc", seen);
            get(model.submit(tx -> put(tx, "s", 2)));
            assertEquals("a change without a trace goes on with the one before", seen, model.trace(List.of(key("s"))));
        }
    }

    private static Controller controller(Map<String, Object> settings) {
        return new Controller(CONTROLLER, "test", "localhost", "", settings, "3.6.9", Instant.EPOCH);
    }

    @Test
    public void settingsSayWhatIsSlow() {
        Controller[] now = {null};
        Slow slow = new Slow(() -> now[0]);
        assertEquals(Duration.ofMillis(100).toNanos(), slow.nanos());
        now[0] = controller(Map.of("query-tracing-threshold", "1.5s"));
        assertEquals(Duration.ofMillis(1500).toNanos(), slow.nanos());
        now[0] = controller(Map.of("query-tracing-enabled", false, "query-tracing-threshold", "1.5s"));
        assertEquals(Long.MAX_VALUE, slow.nanos());
        now[0] = controller(Map.of());
        assertEquals(Duration.ofMillis(100).toNanos(), slow.nanos());
    }
}
