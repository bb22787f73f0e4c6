package org.isthmus.charmstore;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
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
        assertEquals(
                "[cluster, database, db, db-admin, local-monitors, monitors, nrpe-external-master, shared-db]",
                names(mysql));
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

    @Test
    public void monitoringAndWebCharmsHaveTheirEndpoints() throws IOException {
        Charm mediawiki = fetch("mediawiki");
        assertEquals("[cache, db, slave, website]", names(mediawiki));
        assertEquals("mysql", mediawiki.metadata().requires().get("slave").interfaceName());
        assertEquals("[cache]", names(fetch("memcached")));
        assertEquals(
                "[local-monitors, nrpe-external-master, peer, reverseproxy, statistics, website]",
                names(fetch("haproxy")));
        Charm nrpe = fetch("nrpe");
        assertTrue(nrpe.metadata().subordinate());
        assertEquals("[general-info, local-monitors, monitors, nrpe, nrpe-external-master]", names(nrpe));
        assertEquals("monitors", nrpe.metadata().provides().get("monitors").interfaceName());
        Charm nagios = fetch("nagios");
        assertEquals("[monitors, nagios, website]", names(nagios));
        // The server asks: the side that is watched provides.
        assertEquals("monitors", nagios.metadata().requires().get("monitors").interfaceName());
        assertEquals("juju-info", nagios.metadata().requires().get("nagios").interfaceName());
    }

    private static String names(Charm charm) {
        return new TreeSet<>(charm.metadata().endpoints().keySet()).toString();
    }
}
