package org.isthmus.access;

import java.security.SecureRandom;
import java.time.Instant;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.AgentPresence;
import org.isthmus.model.DepartedUser;
import org.isthmus.model.Kinds;
import org.isthmus.model.LastConnection;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelUser;
import org.isthmus.model.OfferUser;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.osgi.service.component.annotations.Component;

/** The access engine. Decisions are pure; only {@link #hashPassword} takes a fresh salt, and it decides nothing. */
@Component(service = AccessEngine.class)
public final class AccessRights implements AccessEngine {
    private static final String ROOM = "access";
    private static final String SUPERUSER = "superuser";
    /** In characters: no login takes a longer one. */
    private static final int LONGEST_PASSWORD = 1024;

    private final SecureRandom random = new SecureRandom();

    @Override
    public void addUser(Tx controller, User user) {
        Tx tx = controller.as(ROOM);
        if (!Names.isUser(user.name()) || user.name().contains("@")) {
            throw Problem.notValid("invalid user name \"%s\"", user.name());
        }
        if (tx.now().has(Kinds.USER, user.name())) {
            throw Problem.refuse(Code.ALREADY_EXISTS, "user \"%s\" already exists", user.name());
        }
        if (tx.now().has(Kinds.DEPARTED_USER, user.name())) {
            throw Problem.refuse(
                    Code.TRY_AGAIN, "user \"%s\" is still being removed, try again in a moment", user.name());
        }
        if (user.access() != null && !user.access().isEmpty() && !Ladder.CONTROLLER.knows(user.access())) {
            throw Problem.notValid("\"%s\" controller access not valid", user.access());
        }
        if ((user.passwordHash() == null) == (user.secretKey() == null)) {
            throw Problem.notValid("either a password or a secret key must be given");
        }
        tx.put(Kinds.USER, user);
    }

    private static User need(Tx tx, String name) {
        User user = tx.get(Kinds.USER, name);
        if (user == null) {
            throw Problem.refuse(Code.USER_NOT_FOUND, "user \"%s\" not found", name);
        }
        return user;
    }

    @Override
    public void setPasswordHash(Tx controller, String user, String passwordHash) {
        Tx tx = controller.as(ROOM);
        tx.put(Kinds.USER, need(tx, user).withPasswordHash(passwordHash).withSecretKey(null));
    }

    @Override
    public void setDisabled(Tx controller, String user, boolean disabled) {
        Tx tx = controller.as(ROOM);
        User before = need(tx, user);
        if (disabled && isLastSuperuser(tx, before)) {
            throw Problem.refuse(Code.NONE, "cannot disable controller model owner");
        }
        tx.put(Kinds.USER, before.withDisabled(disabled));
    }

    @Override
    public void removeUser(Tx controller, String user, Instant now) {
        Tx tx = controller.as(ROOM);
        if (isLastSuperuser(tx, need(tx, user))) {
            throw Problem.refuse(Code.NONE, "cannot delete controller owner \"%s\"", user);
        }
        tx.remove(Kinds.USER, user);
        tx.remove(Kinds.LAST_CONNECTION, user);
        tx.put(Kinds.DEPARTED_USER, new DepartedUser(user, now));
    }

    @Override
    public void forgetUser(Tx model, String user) {
        Tx tx = model.as(ROOM);
        tx.remove(Kinds.MODEL_USER, user);
        tx.remove(Kinds.LAST_CONNECTION, user);
        for (OfferUser right : tx.now().listBy(Kinds.OFFER_USERS_BY_USER, user)) {
            tx.remove(Kinds.OFFER_USER, right.id());
        }
    }

    @Override
    public void departed(Tx controller, String user) {
        controller.as(ROOM).remove(Kinds.DEPARTED_USER, user);
    }

    /** Without one, nobody could ever let another in. */
    private static boolean isLastSuperuser(Tx tx, User user) {
        if (!isSuperuser(user)) {
            return false;
        }
        for (User other : tx.now().all(Kinds.USER)) {
            if (isSuperuser(other) && !other.name().equals(user.name())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSuperuser(User user) {
        return SUPERUSER.equals(user.access()) && !user.disabled();
    }

    @Override
    public void grantController(Tx controller, String user, String access) {
        Tx tx = controller.as(ROOM);
        User before = need(tx, user);
        Ladder.CONTROLLER.needMore(before.access(), access);
        tx.put(Kinds.USER, before.withAccess(access));
    }

    @Override
    public void revokeController(Tx controller, String user, String access) {
        Tx tx = controller.as(ROOM);
        User before = need(tx, user);
        String left = Ladder.CONTROLLER.below(before.access(), access);
        if (!left.equals(SUPERUSER) && isLastSuperuser(tx, before)) {
            throw Problem.refuse(
                    Code.NONE,
                    "cannot revoke \"%s\" access of \"%s\": the controller has no other superuser",
                    access,
                    user);
        }
        tx.put(Kinds.USER, before.withAccess(left));
    }

    @Override
    public void grantModel(Tx model, String user, String displayName, String access, String by, Instant now) {
        Tx tx = model.as(ROOM);
        if (!Names.isUser(user)) {
            throw Problem.notValid("invalid user name \"%s\"", user);
        }
        ModelUser before = tx.get(Kinds.MODEL_USER, user);
        Ladder.MODEL.needMore(before == null ? null : before.access(), access);
        tx.put(
                Kinds.MODEL_USER,
                before == null
                        ? new ModelUser(user, displayName == null ? "" : displayName, access, by, now)
                        : before.withAccess(access));
    }

    @Override
    public void revokeModel(Tx model, String user, String access) {
        Tx tx = model.as(ROOM);
        ModelUser before = tx.get(Kinds.MODEL_USER, user);
        if (before == null) {
            Ladder.MODEL.below(null, access);
            throw Problem.refuse(
                    Code.NOT_FOUND, "could not look up model access for user: user \"%s\" not found", user);
        }
        String left = Ladder.MODEL.below(before.access(), access);
        if (left.isEmpty()) {
            tx.remove(Kinds.MODEL_USER, user);
            tx.remove(Kinds.LAST_CONNECTION, user);
        } else {
            tx.put(Kinds.MODEL_USER, before.withAccess(left));
        }
    }

    @Override
    public void grantOffer(Tx model, String offer, String user, String access) {
        Tx tx = model.as(ROOM);
        if (!Names.isUser(user)) {
            throw Problem.notValid("invalid user name \"%s\"", user);
        }
        Ladder.OFFER.needMore(offerAccess(tx.now(), offer, user), access);
        tx.put(Kinds.OFFER_USER, new OfferUser(offer, user, access));
    }

    @Override
    public String revokeOffer(Tx model, String offer, String user, String access) {
        Tx tx = model.as(ROOM);
        String before = offerAccess(tx.now(), offer, user);
        String left = Ladder.OFFER.below(before, access);
        if (before.isEmpty()) {
            throw Problem.refuse(
                    Code.NOT_FOUND, "could not look up offer access for user: user \"%s\" not found", user);
        }
        if (left.isEmpty()) {
            tx.remove(Kinds.OFFER_USER, OfferUser.idOf(offer, user));
        } else {
            tx.put(Kinds.OFFER_USER, new OfferUser(offer, user, left));
        }
        return left;
    }

    @Override
    public void forgetOffer(Tx model, String offer) {
        Tx tx = model.as(ROOM);
        for (OfferUser right : tx.now().listBy(Kinds.OFFER_USERS_BY_OFFER, offer)) {
            tx.remove(Kinds.OFFER_USER, right.id());
        }
    }

    @Override
    public String offerAccess(Snapshot model, String offer, String user) {
        OfferUser right = model.get(Kinds.OFFER_USER, OfferUser.idOf(offer, user));
        return right == null ? "" : right.access();
    }

    @Override
    public String hashPassword(String password) {
        if (password == null || password.isEmpty()) {
            throw Problem.notValid("password must not be empty");
        }
        if (password.length() > LONGEST_PASSWORD) {
            throw Problem.notValid("password must not be longer than %d characters", LONGEST_PASSWORD);
        }
        byte[] salt = new byte[Passwords.saltBytes()];
        random.nextBytes(salt);
        return Passwords.hash(password, salt, Passwords.ITERATIONS);
    }

    @Override
    public boolean passwordMatches(User user, String password) {
        return user != null && !user.disabled() && Passwords.matches(user.passwordHash(), password);
    }

    @Override
    public String hashAgentPassword(String password) {
        return Passwords.hashAgent(password);
    }

    @Override
    public boolean passwordMatches(Machine machine, String password) {
        return machine != null && Passwords.agentMatches(machine.passwordHash(), password);
    }

    @Override
    public boolean passwordMatches(Unit unit, String password) {
        return unit != null && Passwords.agentMatches(unit.passwordHash(), password);
    }

    @Override
    public String modelAccess(Snapshot model, String user) {
        ModelUser at = model.get(Kinds.MODEL_USER, user);
        return at == null ? "" : at.access();
    }

    @Override
    public boolean includes(String has, String wants) {
        return Ladder.MODEL.includes(has, wants)
                || Ladder.CONTROLLER.includes(has, wants)
                || Ladder.OFFER.includes(has, wants);
    }

    @Override
    public void present(Tx model, String tag, boolean alive, Instant now) {
        Tx tx = model.as(ROOM);
        AgentPresence before = tx.get(Kinds.PRESENCE, tag);
        if (!alive && isGone(tx, Tag.parse(tag))) {
            // It leaves because it was removed; else there would be one for each unit that ever was.
            if (before != null) {
                tx.remove(Kinds.PRESENCE, tag);
            }
        } else if (before == null || before.alive() != alive) {
            tx.put(Kinds.PRESENCE, new AgentPresence(tag, alive, now));
        }
    }

    /** A machine's agent ends before its instance is stopped and its record goes. */
    private static boolean isGone(Tx tx, Tag agent) {
        return switch (agent.kind()) {
            case "unit" -> tx.get(Kinds.UNIT, agent.id()) == null;
            case "machine" -> {
                Machine machine = tx.get(Kinds.MACHINE, agent.id());
                yield machine == null || machine.life() == Life.DEAD;
            }
            default -> false;
        };
    }

    @Override
    public void connected(Tx documents, String user, Instant now) {
        documents.as(ROOM).put(Kinds.LAST_CONNECTION, new LastConnection(user, now));
    }
}
