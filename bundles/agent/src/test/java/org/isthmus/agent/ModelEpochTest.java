package org.isthmus.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.isthmus.agent.unit.Pending;
import org.isthmus.wire.agent.HookChanges;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ModelEpochTest {
    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    @Test
    public void theHighestIsFollowedAndOutlivesTheAgent() throws Exception {
        Path machine = temp.getRoot().toPath();
        ModelEpoch first = ModelEpoch.in(machine);
        assertEquals(0, first.highest());
        // A controller that tells of none.
        assertTrue(first.follows(0));
        assertTrue(first.follows(2));
        assertFalse(first.follows(1));
        assertTrue(first.follows(2));
        ModelEpoch again = ModelEpoch.in(machine);
        assertEquals(2, again.highest());
        assertFalse(again.follows(1));
        assertFalse(again.follows(0));
        assertTrue(again.follows(7));
        assertEquals(7, ModelEpoch.in(machine).highest());
    }

    /** Guessing 0 would follow anybody. */
    @Test
    public void aBrokenFileIsNoEpoch() throws Exception {
        Files.writeString(temp.getRoot().toPath().resolve(ModelEpoch.FILE), "x");
        assertThrows(IOException.class, () -> ModelEpoch.in(temp.getRoot().toPath()));
    }

    @Test
    public void commitsThatAnOlderAgentKeptAreRead() throws Exception {
        Pending kept = AgentJson.mapper()
                .readValue(
                        "{\"hook\":{\"kind\":\"install\"},\"step\":\"committing\",\"failures\":0,"
                                + "\"changes\":{\"tag\":\"unit-wp-0\",\"sequence\":2,\"agentState\":\"{}\"}}",
                        Pending.class);
        HookChanges changes = kept.changes();
        assertEquals(2, changes.sequence());
        assertEquals(null, changes.epoch());
        assertEquals(Long.valueOf(3), changes.withEpoch(3).epoch());
    }
}
