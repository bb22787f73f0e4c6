package org.isthmus.store.derby;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.isthmus.spi.Journal;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** `kill -9` at random moments: what was answered is there, whole. `-Disthmus.kills=100` for a long run. */
public class KillTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    @Test
    public void whatWasAnsweredSurvives() throws Exception {
        long seed = Long.getLong("isthmus.seed", System.nanoTime());
        System.out.println("whatWasAnsweredSurvives: -Disthmus.seed=" + seed);
        Random random = new Random(seed);
        Path folder = temporary.getRoot().toPath().resolve("journal");
        DerbyJournals journals = new DerbyJournals();
        int kills = Integer.getInteger("isthmus.kills", 4);
        for (int i = 0; i < kills; i++) {
            long answered = 0;
            try (Child child = Child.start(folder, Long.toString(random.nextLong()))) {
                int commits = 1 + random.nextInt(400);
                for (int c = 0; c < commits; c++) {
                    String line = child.line();
                    assertTrue("the child said: " + line, line != null && line.startsWith("commit "));
                    answered = Long.parseLong(line.substring(7));
                }
            }
            try (Journal journal = journals.open(folder, false)) {
                long revision = journal.heads().get(0).revision();
                assertTrue(answered + " was answered, " + revision + " is there", revision >= answered);
                Map<String, String> rows = DerbyJournalTest.load(journal, "set");
                assertEquals(Long.toString(revision), rows.get("last"));
                for (int half = 0; half < 2; half++) {
                    Set<String> revisions = new HashSet<>();
                    String prefix = "h" + half + "/";
                    rows.forEach((id, text) -> {
                        if (id.startsWith(prefix)) {
                            revisions.add(text);
                        }
                    });
                    assertTrue("a torn commit: " + revisions, revisions.size() <= 1);
                }
            }
        }
    }
}
