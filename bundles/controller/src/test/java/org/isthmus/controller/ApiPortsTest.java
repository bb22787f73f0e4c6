package org.isthmus.controller;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ApiPortsTest {
    private static final String HERE = "127.0.0.1";
    private static final int USUAL = 17070;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Path claims;

    @Before
    public void claims() {
        claims = folder.getRoot().toPath().resolve("claims");
    }

    private ApiPorts container() {
        return new ApiPorts(claims);
    }

    @Test
    public void aStoppedControllersPortIsNotGivenAway() throws Exception {
        int first = container().choose(HERE, folder.newFolder("first").toPath());
        // Nobody listens on it now.
        int second = container().choose(HERE, folder.newFolder("second").toPath());
        assertNotEquals(first, second);
        assertTrue("below outgoing connections: " + second, second >= 20_000 && second < 32_000);
    }

    @Test
    public void aRemovedControllerGivesItsPortBack() throws Exception {
        Path gone = folder.newFolder("gone").toPath();
        int port = container().choose(HERE, gone);
        Files.delete(gone);
        // Chosen again when its turn comes: the usual one at once.
        int again = container().choose(HERE, folder.newFolder("next").toPath());
        assertEquals(port == USUAL, again == USUAL);
    }

    /** Whoever may write there: bootstrap neither waits for them nor writes where they point to. */
    @Test(timeout = 20_000)
    public void whatOthersLeftAmongTheClaimsIsInNobodysWay() throws Exception {
        Path elsewhere = folder.getRoot().toPath().resolve("elsewhere");
        Files.createDirectory(claims);
        Files.createSymbolicLink(claims.resolve("lock"), elsewhere);
        Files.createSymbolicLink(claims.resolve("17070"), elsewhere);
        assertNotEquals(USUAL, container().choose(HERE, folder.newFolder("one").toPath()));
        assertFalse(Files.exists(elsewhere));
    }

    @Test
    public void whatSomebodyListensOnIsNotChosen() throws Exception {
        Path one = folder.newFolder("one").toPath();
        int port = container().choose(HERE, one);
        Files.delete(one);
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName(HERE))) {
            assertNotEquals(
                    taken.getLocalPort(),
                    container().choose(HERE, folder.newFolder("two").toPath()));
        }
    }
}
