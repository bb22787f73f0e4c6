package org.isthmus.shell;

import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A folder that is not there stands for a disk that takes no file. */
public class RelayOpeningTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void aRelayWhoseFileCannotBeWrittenOpensWhenItCan() throws Exception {
        Path base = folder.getRoot().toPath().resolve("base");
        RelayOpening opening = new RelayOpening(invocation -> 0, base);
        opening.begin();
        assertFalse(Files.exists(base));
        Files.createDirectories(base);
        Path file = base.resolve("relay");
        try (WatchService watch = base.getFileSystem().newWatchService()) {
            base.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            while (!Files.exists(file)) {
                WatchKey change = watch.poll(20, TimeUnit.SECONDS);
                assertNotNull("no relay within 20 s", change);
                change.reset();
            }
        }
        opening.end();
        assertFalse(Files.exists(file));
        opening.begin();
        assertFalse(Files.exists(file));
    }
}
