package org.isthmus.apiserver;

import java.lang.reflect.Proxy;
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
public final class FakeAccess {
    private static final List<String> LADDER = List.of("", "read", "write", "admin");
    final AtomicInteger hashes = new AtomicInteger();

    /** As a service; what is not here is not asked by a server. */
    AccessEngine asEngine() {
        return (AccessEngine) Proxy.newProxyInstance(
                AccessEngine.class.getClassLoader(), new Class<?>[] {AccessEngine.class}, (proxy, method, args) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return method.invoke(this, args);
                    }
                    return FakeAccess.class
                            .getMethod(method.getName(), method.getParameterTypes())
                            .invoke(this, args);
                });
    }

    public void addUser(Tx controller, User user) {
        controller.put(Kinds.USER, user);
    }

    public void setPasswordHash(Tx controller, String user, String passwordHash) {
        controller.put(Kinds.USER, controller.need(Kinds.USER, user).withPasswordHash(passwordHash));
    }

    public void setDisabled(Tx controller, String user, boolean disabled) {
        controller.put(Kinds.USER, controller.need(Kinds.USER, user).withDisabled(disabled));
    }

    public void removeUser(Tx controller, String user, Instant now) {
        controller.remove(Kinds.USER, user);
    }

    public void grantController(Tx controller, String user, String access) {
        controller.put(Kinds.USER, controller.need(Kinds.USER, user).withAccess(access));
    }

    public void revokeController(Tx controller, String user, String access) {
        controller.put(Kinds.USER, controller.need(Kinds.USER, user).withAccess(""));
    }

    public void grantModel(Tx model, String user, String displayName, String access, String by, Instant now) {
        model.put(Kinds.MODEL_USER, new ModelUser(user, displayName, access, by, now));
    }

    public void revokeModel(Tx model, String user, String access) {
        model.remove(Kinds.MODEL_USER, user);
    }

    public String hashPassword(String password) {
        hashes.incrementAndGet();
        return "#" + password;
    }

    public boolean passwordMatches(User user, String password) {
        return hashPassword(password).equals(user.passwordHash());
    }

    public String hashAgentPassword(String password) {
        return "!" + password;
    }

    public boolean passwordMatches(Machine machine, String password) {
        return hashAgentPassword(password).equals(machine.passwordHash());
    }

    public boolean passwordMatches(Unit unit, String password) {
        return hashAgentPassword(password).equals(unit.passwordHash());
    }

    public String modelAccess(Snapshot model, String user) {
        ModelUser at = model.get(Kinds.MODEL_USER, user);
        return at == null ? "" : at.access();
    }

    public boolean includes(String has, String wants) {
        return LADDER.indexOf(has) >= LADDER.indexOf(wants);
    }

    public void present(Tx model, String tag, boolean alive, Instant now) {
        model.put(Kinds.PRESENCE, new AgentPresence(tag, alive, now));
    }

    public void connected(Tx documents, String user, Instant now) {
        documents.put(Kinds.LAST_CONNECTION, new LastConnection(user, now));
    }
}
