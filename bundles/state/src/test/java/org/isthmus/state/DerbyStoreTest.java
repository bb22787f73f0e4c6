package org.isthmus.state;

import static org.isthmus.state.Documenting.CONTROLLER;
import static org.isthmus.state.Documenting.get;
import static org.isthmus.state.Documenting.put;
import static org.isthmus.state.Documenting.setModel;
import static org.isthmus.state.Documenting.uuid;
import static org.isthmus.state.Documenting.value;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.isthmus.model.Kinds;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Store;
import org.isthmus.store.derby.DerbyJournals;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The whole room over the journal it has in a container. */
public class DerbyStoreTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final DerbyJournals journals = new DerbyJournals();

    private Store open(Path folder, boolean create) throws IOException {
        return new JournaledStores().open(CONTROLLER, folder, create, journals);
    }

    @Test
    public void whatWasAnsweredIsThereAfterAReopen() throws Exception {
        Path folder = temporary.getRoot().toPath().resolve("store");
        String uuid = uuid(1);
        try (Store store = open(folder, true)) {
            get(store.controller().submit(tx -> put(tx, "machine", 7)));
            Documents model = get(store.create(uuid, tx -> setModel(tx, uuid)));
            List<CompletionStage<Void>> answers = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                int number = i;
                answers.add(model.submit(tx -> put(tx, "s" + number % 50, number)));
            }
            for (CompletionStage<Void> answer : answers) {
                get(answer);
            }
            get(model.submit(tx -> {
                tx.remove(Kinds.SEQUENCE, "s0");
                return null;
            }));
            assertEquals(502, model.snapshot().revision());
            assertTrue(store.metrics().toString(), store.metrics().get("state.commits") < 300);
        }
        assertThrows(IOException.class, () -> new JournaledStores().open(uuid(9), folder, false, journals));
        try (Store store = open(folder, false)) {
            assertEquals(7, value(store.controller().snapshot(), "machine"));
            assertEquals("m00000001", store.summary(uuid).orElseThrow().name());
            assertEquals("nothing is loaded before it is asked for", 1L, (long)
                    store.metrics().get("state.loads"));
            Documents model = store.model(uuid).orElseThrow();
            assertEquals(502, model.snapshot().revision());
            assertEquals(499, value(model.snapshot(), "s49"));
            assertEquals(-1, value(model.snapshot(), "s0"));
            get(model.submit(tx -> put(tx, "s1", 1000)));
            get(store.delete(uuid));
            assertFalse(store.model(uuid).isPresent());
        }
        try (Store store = open(folder, false)) {
            assertTrue(store.models().isEmpty());
        }
    }

    @Test
    public void aSecondOpenerIsToldWhichFolder() throws Exception {
        Path folder = temporary.getRoot().toPath().resolve("store");
        try (Store store = open(folder, true)) {
            IOException refused = assertThrows(IOException.class, () -> open(folder, true));
            assertTrue(refused.getMessage(), refused.getMessage().contains(folder.toString()));
            assertTrue(refused.getMessage(), refused.getMessage().contains("in use"));
            get(store.controller().submit(tx -> put(tx, "still", 1)));
        }
    }

    @Test
    public void aFolderWithoutAStoreFailsAndIsNotFilled() throws Exception {
        Path missing = temporary.getRoot().toPath().resolve("missing");
        assertThrows(NoSuchFileException.class, () -> open(missing, false));
        assertFalse(missing.toFile().exists());
        Path empty = temporary.newFolder("empty").toPath();
        assertThrows(NoSuchFileException.class, () -> open(empty, false));
        assertFalse(empty.resolve("journal").toFile().exists());
    }

    @Test
    public void twoControllersLiveApart() throws Exception {
        try (Store one = open(temporary.getRoot().toPath().resolve("one"), true);
                Store two = open(temporary.getRoot().toPath().resolve("two"), true)) {
            get(one.controller().submit(tx -> put(tx, "name", 1)));
            get(two.controller().submit(tx -> put(tx, "name", 2)));
            one.close();
            get(two.controller().submit(tx -> put(tx, "name", 3)));
            assertEquals(1, value(one.controller().snapshot(), "name"));
            assertEquals(3, value(two.controller().snapshot(), "name"));
        }
    }
}
