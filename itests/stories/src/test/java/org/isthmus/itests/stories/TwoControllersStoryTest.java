package org.isthmus.itests.stories;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.util.List;
import org.isthmus.itests.harness.Distribution;
import org.junit.ClassRule;
import org.junit.Test;

/** Two controllers in one container know nothing of each other; two containers do not share a folder. */
public class TwoControllersStoryTest {
    @ClassRule
    public static final Distribution isthmus = new Distribution("two");

    @Test
    public void controllersAreApart() {
        isthmus.juju("bootstrap", "localhost", "north", "--no-default-model").ok();
        isthmus.juju("bootstrap", "localhost", "south", "--no-default-model").ok();
        isthmus.juju("add-model", "-c", "north", "reindeer").ok();
        isthmus.juju("add-model", "-c", "south", "penguin").ok();
        String north = isthmus.juju("models", "-c", "north").ok().out();
        String south = isthmus.juju("models", "-c", "south").ok().out();
        assertTrue(north, north.contains("reindeer") && !north.contains("penguin"));
        assertTrue(south, south.contains("penguin") && !south.contains("reindeer"));
        isthmus.juju("kill-controller", "--no-prompt", "north").ok();
        assertFalse(isthmus.juju("controllers").ok().out().contains("north"));
        assertTrue(isthmus.juju("models", "-c", "south").ok().out().contains("penguin"));
        assertEquals(List.of(), isthmus.logged("ERROR"));
    }

    @Test
    public void theContainerOutlivesItsControllers() {
        isthmus.juju("bootstrap", "localhost", "apart", "--isolated", "--no-default-model")
                .ok();
        isthmus.juju("bootstrap", "localhost", "here", "--no-default-model").ok();
        isthmus.juju("kill-controller", "--no-prompt", "here").ok();
        isthmus.juju("kill-controller", "--no-prompt", "apart").ok();
        assertFalse(isthmus.juju("controllers").toString().contains("apart"));
        assertFalse(Files.exists(isthmus.base().resolve("isolated")));
    }

    @Test
    public void oneFolderHasOneContainer() {
        isthmus.program("start").refused(Long.toString(isthmus.pid()));
        isthmus.program("isthmus", "server").refused(isthmus.base().toString());
        isthmus.juju("version").ok();
    }
}
