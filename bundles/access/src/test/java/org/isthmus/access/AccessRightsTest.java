package org.isthmus.access;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.time.Instant;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.model.Kinds;
import org.isthmus.model.MachineBuilder;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.User;
import org.junit.Test;

public final class AccessRightsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final AccessRights engine = new AccessRights();
    private Snapshot now = Snapshot.empty();

    private void does(Consumer<Tx> decision) {
        Tx tx = Tx.on(now);
        decision.accept(tx);
        now = now.applied(tx.changes());
    }

    private void refuses(Code code, String message, Consumer<Tx> decision) {
        try {
            decision.accept(Tx.on(now));
        } catch (Refused refused) {
            assertEquals(message, refused.getMessage());
            assertEquals(code, refused.problem().code());
            return;
        }
        fail("not refused: " + message);
    }

    private static User user(String name, String hash, String access) {
        return new User(name, "", hash, access, "admin", NOW, false, null);
    }

    @Test
    public void passwordsOfUsersAreSlowAndSalted() {
        String hash = engine.hashPassword("sesame");
        assertNotEquals(hash, engine.hashPassword("sesame"));
        assertTrue(hash.startsWith("pbkdf2-sha512$210000$"));
        User bob = user("bob", hash, "login");
        assertTrue(engine.passwordMatches(bob, "sesame"));
        assertFalse(engine.passwordMatches(bob, "Sesame"));
        assertFalse(engine.passwordMatches(bob, ""));
        assertFalse(engine.passwordMatches(bob, null));
        assertFalse(engine.passwordMatches(bob.withDisabled(true), "sesame"));
        assertFalse(engine.passwordMatches(user("eve", null, "login"), "sesame"));
        assertTrue(
                "other iteration counts stay readable",
                Passwords.matches(Passwords.hash("x", new byte[16], 1000), "x"));
    }

    @Test
    public void passwordsOfAgentsAreFast() {
        String hash = engine.hashAgentPassword("random");
        assertEquals(24, hash.length());
        assertEquals(hash, engine.hashAgentPassword("random"));
        assertTrue(Passwords.agentMatches(hash, "random"));
        assertFalse(Passwords.agentMatches(hash, "other"));
        assertFalse(Passwords.agentMatches(null, "random"));
    }

    @Test
    public void usersComeAndGo() {
        does(tx -> engine.addUser(tx, user("admin", "h", "superuser")));
        does(tx -> engine.addUser(tx, user("bob", "h", "login")));
        refuses(
                Code.ALREADY_EXISTS,
                "user \"bob\" already exists",
                tx -> engine.addUser(tx, user("bob", "h", "login")));
        refuses(Code.NOT_VALID, "invalid user name \"b/b\"", tx -> engine.addUser(tx, user("b/b", "h", "login")));
        refuses(Code.USER_NOT_FOUND, "user \"eve\" not found", tx -> engine.removeUser(tx, "eve", NOW));
        refuses(Code.NONE, "cannot delete controller owner \"admin\"", tx -> engine.removeUser(tx, "admin", NOW));
        refuses(Code.NONE, "cannot disable controller model owner", tx -> engine.setDisabled(tx, "admin", true));
        does(tx -> engine.setDisabled(tx, "bob", true));
        assertTrue(now.get(Kinds.USER, "bob").disabled());
        does(tx -> engine.removeUser(tx, "bob", NOW));
        assertFalse(now.has(Kinds.USER, "bob"));
    }

    @Test
    public void controllerLadder() {
        does(tx -> engine.addUser(tx, user("admin", "h", "superuser")));
        does(tx -> engine.addUser(tx, user("bob", "h", "login")));
        refuses(
                Code.ALREADY_EXISTS,
                "user already has \"login\" access or greater",
                tx -> engine.grantController(tx, "bob", "login"));
        refuses(
                Code.NOT_VALID,
                "\"write\" controller access not valid",
                tx -> engine.grantController(tx, "bob", "write"));
        does(tx -> engine.grantController(tx, "bob", "superuser"));
        does(tx -> engine.revokeController(tx, "bob", "superuser"));
        assertEquals("login", now.get(Kinds.USER, "bob").access());
        does(tx -> engine.revokeController(tx, "bob", "login"));
        assertEquals("", now.get(Kinds.USER, "bob").access());
        refuses(
                Code.NONE,
                "cannot revoke \"superuser\" access of \"admin\": the controller has no other superuser",
                tx -> engine.revokeController(tx, "admin", "superuser"));
    }

    @Test
    public void modelLadder() {
        does(tx -> engine.grantModel(tx, "bob", "Bob", "read", "admin", NOW));
        refuses(
                Code.ALREADY_EXISTS,
                "user already has \"read\" access or greater",
                tx -> engine.grantModel(tx, "bob", "Bob", "read", "admin", NOW));
        does(tx -> engine.grantModel(tx, "bob", "Bob", "admin", "admin", NOW));
        assertEquals("admin", engine.modelAccess(now, "bob"));
        does(tx -> engine.revokeModel(tx, "bob", "admin"));
        assertEquals("write", engine.modelAccess(now, "bob"));
        does(tx -> engine.revokeModel(tx, "bob", "write"));
        assertEquals("read", engine.modelAccess(now, "bob"));
        does(tx -> engine.revokeModel(tx, "bob", "admin"));
        assertEquals("nothing to take", "read", engine.modelAccess(now, "bob"));
        does(tx -> engine.revokeModel(tx, "bob", "read"));
        assertEquals("", engine.modelAccess(now, "bob"));
        refuses(
                Code.NOT_FOUND,
                "could not look up model access for user: user \"bob\" not found",
                tx -> engine.revokeModel(tx, "bob", "read"));
        refuses(
                Code.NOT_VALID,
                "\"login\" model access not valid",
                tx -> engine.grantModel(tx, "bob", "", "login", "admin", NOW));
        assertTrue(engine.includes("admin", "read"));
        assertTrue(engine.includes("superuser", "login"));
        assertFalse(engine.includes("read", "write"));
        assertFalse(engine.includes("", "read"));
        assertFalse(engine.includes(null, "read"));
    }

    private void machine(String id) {
        does(tx -> tx.as("application")
                .put(
                        Kinds.MACHINE,
                        MachineBuilder.builder().id(id).life(Life.ALIVE).build()));
    }

    @Test
    public void presenceChangesOnlyWhenItChanges() {
        machine("0");
        does(tx -> engine.present(tx, "machine-0", true, NOW));
        Tx again = Tx.on(now);
        engine.present(again, "machine-0", true, NOW.plusSeconds(30));
        assertTrue(again.changes().isEmpty());
        does(tx -> engine.present(tx, "machine-0", false, NOW.plusSeconds(60)));
        assertEquals(NOW.plusSeconds(60), now.get(Kinds.PRESENCE, "machine-0").since());
        does(tx -> engine.connected(tx, "bob", NOW));
        assertEquals(NOW, now.get(Kinds.LAST_CONNECTION, "bob").when());
        assertFalse("a restart does not make a stranger of him", Kinds.LAST_CONNECTION.soft());
    }

    @Test
    public void agentsOfWhatWasRemovedAreForgottenWhenTheyLeave() {
        machine("0");
        does(tx -> engine.present(tx, "machine-0", true, NOW));
        does(tx -> tx.as("application")
                .put(Kinds.MACHINE, tx.need(Kinds.MACHINE, "0").withLife(Life.DEAD)));
        does(tx -> engine.present(tx, "machine-0", false, NOW));
        does(tx -> engine.present(tx, "unit-mysql-0", false, NOW));
        assertEquals(0, now.all(Kinds.PRESENCE).size());
    }
}
