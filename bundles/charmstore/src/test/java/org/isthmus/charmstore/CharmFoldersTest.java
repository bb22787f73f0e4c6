package org.isthmus.charmstore;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.isthmus.charm.CharmArchive;
import org.isthmus.charm.CharmFolder;
import org.isthmus.spi.CharmSource.Found;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class CharmFoldersTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private Path store;

    @Before
    public void fill() throws Exception {
        store = temporary.newFolder("store").toPath();
        charm("blog", "blog", 3);
        charm("blog-7", "blog", 7);
        charm("blog-viewer", "blog-viewer", 1);
        Path packed = charm("gone", "packed", 5);
        try (OutputStream out = Files.newOutputStream(store.resolve("packed_5.charm"))) {
            CharmFolder.zip(packed, out);
        }
        Files.createDirectories(store.resolve("blog-broken"));
        Files.writeString(store.resolve("blog-broken/metadata.yaml"), "name: [");
    }

    private Path charm(String folder, String name, int revision) throws Exception {
        Path charm = Files.createDirectories(store.resolve(folder));
        Files.writeString(charm.resolve("metadata.yaml"), "name: " + name + "\nsummary: s\ndescription: d\n");
        Files.writeString(charm.resolve("revision"), revision + "\n");
        return charm;
    }

    @Test
    public void theNewestRevisionWinsUnlessOneIsAsked() throws Exception {
        ShippedCharms shipped = new ShippedCharms(store);
        assertEquals(7, shipped.find("blog", null, -1, List.of()).orElseThrow().revision());
        assertEquals(3, shipped.find("blog", null, 3, List.of()).orElseThrow().revision());
        assertTrue(shipped.find("blog", null, 4, List.of()).isEmpty());
        assertEquals(
                1,
                shipped.find("blog-viewer", "edge", -1, List.of()).orElseThrow().revision());
        assertTrue(shipped.find("../store/blog", null, -1, List.of()).isEmpty());
    }

    @Test
    public void foldersAndArchivesComeAsArchives() throws Exception {
        ConfiguredCharms configured = new ConfiguredCharms();
        for (String name : List.of("blog", "packed")) {
            Found found = configured
                    .find(name, "stable", -1, List.of("", "relative", "/no/such/folder", store.toString()))
                    .orElseThrow();
            assertEquals("charm-hub", found.source());
            Path zip = temporary.newFile().toPath();
            try (InputStream in = configured.open(found)) {
                Files.write(zip, in.readAllBytes());
            }
            assertEquals(name, CharmArchive.read(zip).metadata().name());
        }
        assertFalse(configured.find("blog", "stable", -1, List.of()).isPresent());
    }
}
