package org.isthmus.apiserver;

import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Caller;

/**
 * Whether a caller may use a method, on these snapshots. Asked before the call and again on the head by every commit of it.
 */
final class Rights {
    private final AccessEngine engine;

    Rights(AccessEngine engine) {
        this.engine = engine;
    }

    /** The enabled user of this name, or null. */
    static User user(Snapshot controller, String name) {
        User user = name == null ? null : controller.get(Kinds.USER, name);
        return user == null || user.disabled() ? null : user;
    }

    /**
     * Whether a user may log in at all: to the controller, or to a model there. The second needs the first, unless the controller's
     * setting `allow-model-access` says otherwise.
     */
    static boolean mayEnter(User user, boolean model, Map<String, Object> settings) {
        return "login".equals(user.access())
                || "superuser".equals(user.access())
                || model && "true".equals(String.valueOf(settings.get("allow-model-access")));
    }

    static boolean isSuperuser(Snapshot controller, Caller caller) {
        User user = user(controller, caller.user());
        return user != null && "superuser".equals(user.access());
    }

    /** `read`, `write`, `admin` or empty. */
    String modelAccess(Snapshot controller, Snapshot model, Caller caller) {
        User user = user(controller, caller.user());
        if (user == null || model == null) {
            return "";
        }
        if ("superuser".equals(user.access())) {
            return "admin";
        }
        String access = engine.modelAccess(model, user.name());
        return access == null ? "" : access;
    }

    /** @param model null on a controller connection */
    boolean allows(Access access, Snapshot controller, Snapshot model, Caller caller) {
        switch (access) {
            case ANONYMOUS:
                return true;
            case AUTHENTICATED:
                return caller.isAgent() || user(controller, caller.user()) != null;
            case CHECKED_INSIDE:
                return user(controller, caller.user()) != null;
            case CONTROLLER_LOGIN: {
                User user = user(controller, caller.user());
                return user != null && ("login".equals(user.access()) || "superuser".equals(user.access()));
            }
            case CONTROLLER_SUPERUSER:
                return isSuperuser(controller, caller);
            case MODEL_READ:
                return level(controller, model, caller, "read");
            case MODEL_WRITE:
                return level(controller, model, caller, "write");
            case MODEL_ADMIN:
                return level(controller, model, caller, "admin");
            case MACHINE_AGENT:
                return agent(caller, "machine");
            case UNIT_AGENT:
                return agent(caller, "unit");
            case AGENT:
                return agent(caller, "machine") || agent(caller, "unit");
            default:
                return false;
        }
    }

    private boolean level(Snapshot controller, Snapshot model, Caller caller, String wants) {
        if (model == null) {
            return isSuperuser(controller, caller);
        }
        String has = modelAccess(controller, model, caller);
        return !has.isEmpty() && engine.includes(has, wants);
    }

    private static boolean agent(Caller caller, String kind) {
        for (Tag tag : caller.agents()) {
            if (tag.kind().equals(kind)) {
                return true;
            }
        }
        return false;
    }

    /** Refuses what the caller may not do, and changes by users while the model is on its way. */
    void check(Access access, boolean mutates, Snapshot controller, Snapshot model, Caller caller) {
        if (!allows(access, controller, model, caller)) {
            throw Problem.denied();
        }
        if (mutates && !caller.isAgent() && model != null && model.model() != null) {
            ModelRecord.Mode mode = model.model().mode();
            if (mode != null && mode != ModelRecord.Mode.ACTIVE) {
                throw Problem.refuse(Code.MIGRATION_IN_PROGRESS, "model migration in progress");
            }
        }
    }
}
