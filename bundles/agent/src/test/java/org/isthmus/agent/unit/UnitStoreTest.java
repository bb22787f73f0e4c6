package org.isthmus.agent.unit;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.isthmus.agent.AgentJson;
import org.isthmus.wire.agent.UnitMemory;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public final class UnitStoreTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final ObjectMapper json = AgentJson.mapper();
    private UnitStore store;

    /** What the controller has. */
    private String head;

    private final Map<Integer, String> relations = new TreeMap<>();
    private long sequence;

    private Path folder() {
        return temporary.getRoot().toPath();
    }

    private LocalState load() throws IOException {
        store = new UnitStore(folder(), json);
        return store.load(new UnitMemory(sequence, head, relations, Map.of()));
    }

    /** As a hook's commit. */
    private LocalState commit(LocalState state) throws IOException {
        LocalState done = state.withSequence(++sequence);
        Map<Integer, String> changed = store.changed(done);
        head = store.text(done);
        relations.putAll(changed);
        relations.values().removeIf(String::isEmpty);
        store.committed(changed);
        return done;
    }

    private static LocalRelation relation(long version) {
        return new LocalRelation(
                "db", "app", false, true, true, new TreeMap<>(Map.of("app/0", version)), null, version);
    }

    @Test
    public void oneOfManyRelationsIsWrittenWhenOneChanged() throws IOException {
        LocalState state = load();
        for (int id = 0; id < 1000; id++) {
            state = state.withRelation(id, relation(1));
        }
        state = commit(state);
        state = state.withRelation(500, relation(2)).withoutRelation(7);
        assertEquals(java.util.Set.of(500, 7), store.changed(state).keySet());
        store.save(state);
        assertTrue(Files.size(folder().resolve("state.json")) < 1000);
        assertEquals(state, load());
    }

    @Test
    public void aFileThatIsLostOrTornOrOldGivesWayToTheController() throws IOException {
        LocalState old = load().withRelation(1, relation(1));
        store.save(old);
        LocalState done = commit(old.withRelation(2, relation(1)).withoutRelation(1));
        assertEquals("old", done, load());
        store.save(done.withRelation(3, relation(1)));
        Path file = folder().resolve("state.json");
        Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), 20));
        assertEquals("torn", done, load());
        Files.delete(file);
        assertEquals("lost", done, load());
    }

    @Test
    public void whatWasSavedIsThereAfterACrash() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        LocalState state = load();
        for (int step = 0; step < 2000; step++) {
            int id = random.nextInt(6);
            switch (random.nextInt(4)) {
                case 0 -> state = state.withoutRelation(id);
                case 1 -> state = state.withRelation(id, relation(random.nextInt(4)));
                case 2 -> state = commit(state);
                default -> {
                    store.save(state);
                    assertEquals("seed " + seed + ", step " + step, state, load());
                }
            }
        }
    }
}
