package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.List;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Connections;
import org.isthmus.client.Endpoint;
import org.isthmus.client.Login;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public class ConnectionsTest {
    private World world;

    @Before
    public void open() throws Exception {
        world = new World();
    }

    @After
    public void close() {
        world.close();
    }

    @Test
    public void connectionsAreSharedAndClosedWhenIdle() throws Exception {
        Login admin = Login.user("admin", "secret");
        try (Connections warm = new Connections(world.dialer, Duration.ofMillis(200), World.LIMIT)) {
            ApiConnection first;
            try (var one = get(warm.borrow(world.endpoint(null), admin));
                    var two = get(warm.borrow(world.endpoint(null), admin))) {
                first = one.connection();
                assertSame(first, two.connection());
            }
            try (var again = get(warm.borrow(world.endpoint(null), admin))) {
                assertSame(first, again.connection());
            }
            until("closed when idle", () -> !first.isOpen());
            try (var fresh = get(warm.borrow(world.endpoint(null), admin))) {
                assertNotSame(first, fresh.connection());
                get(fresh.connection().ping(World.LIMIT));
                fresh.connection().close();
            }
            try (var afterLoss = get(warm.borrow(world.endpoint(null), admin))) {
                get(afterLoss.connection().ping(World.LIMIT));
            }
        }
        until("none left", () -> world.server.connections() == 0);
    }

    @Test
    public void theNextAddressIsTriedAndStrangersAreNotTrusted() throws Exception {
        Login admin = Login.user("admin", "secret");
        String good = "127.0.0.1:" + world.server.port();
        ApiConnection c = get(world.dialer.connect(
                Endpoint.controller(List.of("127.0.0.1:1", good), world.caCert()), admin, World.LIMIT));
        assertEquals(good, c.address());
        // Reached by a name that its certificate does not have.
        String elsewhere = "127.0.0.77:" + world.server.port();
        try {
            get(world.dialer.connect(Endpoint.controller(List.of(elsewhere), world.caCert()), admin, World.LIMIT));
            throw new AssertionError("trusted");
        } catch (java.io.IOException refused) {
            assertTrue(refused.getMessage(), refused.getMessage().startsWith("cannot connect to " + elsewhere));
        }
        java.nio.file.Path other = world.base.resolve("other");
        world.servers.createAuthority(other, "other");
        try {
            get(world.dialer.connect(
                    Endpoint.controller(List.of(good), world.servers.caCert(other)), admin, World.LIMIT));
            throw new AssertionError("trusted");
        } catch (java.io.IOException refused) {
            assertTrue(refused.getMessage(), refused.getMessage().contains("not of this controller's authority"));
        }
    }
}
