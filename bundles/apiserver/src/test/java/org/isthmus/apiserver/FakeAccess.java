package org.isthmus.apiserver;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.model.AgentPresence;
import org.isthmus.model.Kinds;
import org.isthmus.model.LastConnection;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelUser;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;

/** Passwords in the clear, levels as they are. */
final class FakeAccess implements AccessEngine {
    private static final List<String> LADDER = List.of("", "read", "write", "admin");
    final AtomicInteger hashes = new AtomicInteger();

    @Override
    public void addUser(Tx controller, User user) {
        controller.put(Kinds.USER, user);
    }

    @Override
    public void setPasswordHash(Tx controller, String user, String passwordHash) {
        controller.put(Kinds.USER, controller.need(Kinds.USER, user).withPasswordHash(passwordHash));
    }

    @Override
    public void setDisabled(Tx controller, String user, boolean disabled) {
        controller.put(Kinds.USER, controller.need(Kinds.USER, user).withDisabled(disabled));
    }

    @Override
    public void removeUser(Tx controller, String user) {
        controller.remove(Kinds.USER, user);
    }

    @Override
    public void grantController(Tx controller, String user, String access) {
        controller.put(Kinds.USER, controller.need(Kinds.USER, user).withAccess(access));
    }

    @Override
    public void revokeController(Tx controller, String user, String access) {
        controller.put(Kinds.USER, controller.need(Kinds.USER, user).withAccess(""));
    }

    @Override
    public void grantModel(Tx model, String user, String displayName, String access, String by, Instant now) {
        model.put(Kinds.MODEL_USER, new ModelUser(user, displayName, access, by, now));
    }

    @Override
    public void revokeModel(Tx model, String user, String access) {
        model.remove(Kinds.MODEL_USER, user);
    }

    @Override
    public String hashPassword(String password) {
        hashes.incrementAndGet();
        return "#" + password;
    }

    @Override
    public boolean passwordMatches(User user, String password) {
        return hashPassword(password).equals(user.passwordHash());
    }

    @Override
    public String hashAgentPassword(String password) {
        return "!" + password;
    }

    @Override
    public boolean passwordMatches(Machine machine, String password) {
        return hashAgentPassword(password).equals(machine.passwordHash());
    }

    @Override
    public boolean passwordMatches(Unit unit, String password) {
        return hashAgentPassword(password).equals(unit.passwordHash());
    }

    @Override
    public String modelAccess(Snapshot model, String user) {
        ModelUser at = model.get(Kinds.MODEL_USER, user);
        return at == null ? "" : at.access();
    }

    @Override
    public boolean includes(String has, String wants) {
        return LADDER.indexOf(has) >= LADDER.indexOf(wants);
    }

    @Override
    public void present(Tx model, String tag, boolean alive, Instant now) {
        model.put(Kinds.PRESENCE, new AgentPresence(tag, alive, now));
    }

    @Override
    public void connected(Tx documents, String user, Instant now) {
        documents.put(Kinds.LAST_CONNECTION, new LastConnection(user, now));
    }
}
