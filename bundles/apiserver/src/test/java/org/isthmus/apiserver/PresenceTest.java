package org.isthmus.apiserver;

import static org.isthmus.apiserver.World.get;
import static org.isthmus.apiserver.World.until;
import static org.junit.Assert.assertEquals;

import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.isthmus.api.Tag;
import org.isthmus.model.AgentPresence;
import org.isthmus.model.Kinds;
import org.isthmus.rpc.Caller;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Whoever is gone is not shown as here, however its going and its login meet. */
public class PresenceTest {
    private static final Tag MACHINE = Tag.machine("0");

    private World world;

    @Before
    public void open() throws Exception {
        world = new World();
    }

    @After
    public void close() {
        world.close();
    }

    /** One whose login was decided; that it is here is still to be noted. */
    private Connection entering() {
        Connection connection = world.server.connection(null, "127.0.0.1:1", World.MODEL);
        connection.caller(new Caller(null, Set.of(MACHINE), false, connection.number(), connection.origin()));
        return connection;
    }

    private Boolean alive() {
        AgentPresence presence = world.model().snapshot().get(Kinds.PRESENCE, MACHINE.toString());
        return presence == null ? null : presence.alive();
    }

    /** What was submitted before has been decided. */
    private void settled() throws Exception {
        get(world.model().submit(tx -> null));
        get(world.model().submit(tx -> null));
    }

    @Test
    public void theSocketClosesBeforeItsLoginIsNoted() throws Exception {
        Connection connection = entering();
        world.server.gone(connection);
        world.server.present(connection, MACHINE);
        settled();
        until("gone", () -> Boolean.FALSE.equals(alive()));
        comesAndGoes();
    }

    @Test
    public void thatItIsGoneIsFoundOutTwice() throws Exception {
        Connection connection = entering();
        world.server.present(connection, MACHINE);
        until("here", () -> Boolean.TRUE.equals(alive()));
        world.server.gone(connection);
        world.server.left(connection, connection.caller());
        until("gone", () -> Boolean.FALSE.equals(alive()));
        comesAndGoes();
    }

    /** The very race: the socket closes while the login is being noted. */
    @Test
    public void loginsAndLossesMeet() throws Exception {
        for (int round = 0; round < 500; round++) {
            Connection connection = entering();
            CyclicBarrier both = new CyclicBarrier(2);
            Thread loss = new Thread(() -> {
                meet(both);
                world.server.gone(connection);
            });
            loss.start();
            meet(both);
            world.server.present(connection, MACHINE);
            loss.join(TimeUnit.SECONDS.toMillis(20));
        }
        until("gone", () -> !Boolean.TRUE.equals(alive()));
        comesAndGoes();
        assertEquals(0, world.server.connections());
    }

    private static void meet(CyclicBarrier both) {
        try {
            both.await(20, TimeUnit.SECONDS);
        } catch (Exception late) {
            throw new AssertionError(late);
        }
    }

    /** Nothing of before counts for who comes now. */
    private void comesAndGoes() throws Exception {
        Connection old = entering();
        world.server.present(old, MACHINE);
        until("here", () -> Boolean.TRUE.equals(alive()));
        Connection fresh = entering();
        world.server.present(fresh, MACHINE);
        world.server.gone(old);
        settled();
        assertEquals(true, alive());
        world.server.gone(fresh);
        until("gone again", () -> Boolean.FALSE.equals(alive()));
    }

    @Test
    public void whatCouldNotBeNotedIsNotedLater() throws Exception {
        Connection connection = entering();
        world.server.present(connection, MACHINE);
        until("here", () -> Boolean.TRUE.equals(alive()));
        world.model().full = true;
        world.server.gone(connection);
        until("refused", () -> world.model().refused.get() > 0);
        world.model().full = false;
        until("gone", () -> !alive());
    }
}
