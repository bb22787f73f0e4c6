package org.isthmus.model.engine;

import java.time.Instant;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.User;

/** Decides who may do what. Owns user, model-user, presence, last-connection. */
public interface AccessEngine {
    /** Adds a user to the controller's documents. {@code passwordHash} or {@code secretKey} is set, not both. */
    void addUser(Tx controller, User user);

    void setPasswordHash(Tx controller, String user, String passwordHash);

    /** The user has no password until they register with this key (base64). */
    default void resetPassword(Tx controller, String user, String secretKey) {
        Tx tx = controller.as("access");
        tx.put(Kinds.USER, tx.need(Kinds.USER, user).withPasswordHash(null).withSecretKey(secretKey));
    }

    void setDisabled(Tx controller, String user, boolean disabled);

    /** The name is free again once {@link #departed} says so: until then models may know it. */
    void removeUser(Tx controller, String user, Instant now);

    /** Takes all rights of a user who was removed out of a model. */
    void forgetUser(Tx model, String user);

    /** No model knows the removed user any more. */
    void departed(Tx controller, String user);

    /** `login`, `superuser`. Refuses with `user already has "x" access or greater`. */
    void grantController(Tx controller, String user, String access);

    void revokeController(Tx controller, String user, String access);

    /** `read`, `write`, `admin` on the model of this document set. */
    void grantModel(Tx model, String user, String displayName, String access, String by, Instant now);

    /** Ladder: revoking read takes everything, write leaves read, admin leaves write. */
    void revokeModel(Tx model, String user, String access);

    /** `read`, `consume`, `admin` on an offer of this model. Refuses with `user already has "x" access or greater`. */
    void grantOffer(Tx model, String offer, String user, String access);

    /** Answers what is left, empty for nothing. A user without any is not found. */
    String revokeOffer(Tx model, String offer, String user, String access);

    /** The offer is gone: so are the rights to it. */
    void forgetOffer(Tx model, String offer);

    /** What was granted on the offer itself; empty for nothing. Model admins and superusers have more. */
    String offerAccess(org.isthmus.model.Snapshot model, String offer, String user);

    /** Slow, salted; for users. Runs on the caller's thread: call it off the event loop. */
    String hashPassword(String password);

    boolean passwordMatches(User user, String password);

    /** Juju's own fast hash; for agents, whose passwords are 18 random bytes. */
    String hashAgentPassword(String password);

    boolean passwordMatches(Machine machine, String password);

    boolean passwordMatches(Unit unit, String password);

    /** `read`, `write`, `admin` or empty: what a model's documents say of this user, without regard to superusers. */
    String modelAccess(org.isthmus.model.Snapshot model, String user);

    /** True when the first level includes the second. */
    boolean includes(String has, String wants);

    /** Soft: notes an agent's connection. */
    void present(Tx model, String tag, boolean alive, Instant now);

    /** Soft: notes a user's connection. */
    void connected(Tx documents, String user, Instant now);
}
