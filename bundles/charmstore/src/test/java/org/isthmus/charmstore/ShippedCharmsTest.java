package org.isthmus.charmstore;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmArchive;
import org.isthmus.spi.CharmSource.Found;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The charms of the distribution are charms, and come out of the store whole. */
public class ShippedCharmsTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    private final ShippedCharms store = new ShippedCharms(Path.of("../../karaf-assembly/src/main/charms"));

    private Charm fetch(String name) throws IOException {
        Found found = store.find(name, "stable", -1, List.of()).orElseThrow();
        assertEquals("charm-hub", found.source());
        Path zip = temporary.newFile().toPath();
        try (InputStream in = store.open(found)) {
            Files.write(zip, in.readAllBytes());
        }
        Path folder = temporary.newFolder().toPath();
        CharmArchive.unpack(zip, folder);
        assertTrue(Files.isExecutable(folder.resolve("hooks/start")));
        return CharmArchive.read(zip);
    }

    @Test
    public void endpointsAreThoseOfTheReference() throws IOException {
        Charm mysql = fetch("mysql");
        assertEquals("[cluster, db]", mysql.metadata().endpoints().keySet().toString());
        assertEquals("mysql", mysql.metadata().provides().get("db").interfaceName());
        assertEquals("mysql-ha", mysql.metadata().peers().get("cluster").interfaceName());
        Charm wordpress = fetch("wordpress");
        assertEquals(
                "[db, loadbalancer, website]",
                wordpress.metadata().endpoints().keySet().toString());
        assertEquals("mysql", wordpress.metadata().requires().get("db").interfaceName());
        assertEquals(
                "reversenginx", wordpress.metadata().peers().get("loadbalancer").interfaceName());
        assertEquals("My Blog", wordpress.config().get("blog-title").defaultValue());
        assertEquals(5, wordpress.revision());
        Charm ubuntu = fetch("ubuntu");
        assertTrue(ubuntu.metadata().endpoints().isEmpty());
        assertEquals("22.04/stable", ubuntu.manifest().bases().get(1).channel());
    }
}
