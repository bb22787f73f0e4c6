package org.isthmus.facades;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Call;

/** Rights that depend on the arguments. Those on a head snapshot are asked inside the decision, so that what was revoked does not commit. */
final class Checks {
    private Checks() {}

    /** Whether this caller is a superuser by these documents of the controller. */
    static boolean superuser(Snapshot controller, Call call) {
        User user = call.caller().user() == null
                ? null
                : controller.get(Kinds.USER, call.caller().user());
        return user != null && !user.disabled() && "superuser".equals(user.access());
    }

    static void needSuperuser(Snapshot controller, Call call) {
        if (!superuser(controller, call)) {
            throw Problem.denied();
        }
    }

    /** The caller itself, or a superuser. */
    static void needSelfOr(Snapshot controller, Call call, String user) {
        if (!user.equals(call.caller().user())) {
            needSuperuser(controller, call);
        }
    }

    /** `read`, `write` or `admin` on the model of this snapshot. */
    static void need(Call call, Snapshot model, String wants) {
        if (rank(call.modelAccess(model)) < rank(wants)) {
            throw Problem.denied();
        }
    }

    /** As {@link #need}, and refuses a change of a model that is on its way. */
    static void needToChange(Call call, Snapshot model, String wants) {
        need(call, model, wants);
        ModelRecord record = model.model();
        if (record != null && record.mode() != null && record.mode() != ModelRecord.Mode.ACTIVE) {
            throw Problem.refuse(Code.MIGRATION_IN_PROGRESS, "model migration in progress");
        }
    }

    static int rank(String access) {
        return switch (access == null ? "" : access) {
            case "read" -> 1;
            case "write" -> 2;
            case "admin" -> 3;
            default -> 0;
        };
    }

    /** The documents of a model named by its tag. One who may not see it learns nothing of it. */
    static Documents model(Call call, String tag) {
        String uuid = Tag.idOf("model", tag);
        if (!Names.isUuid(uuid)) {
            throw Problem.notValid("\"%s\" is not a valid model tag", tag);
        }
        return call.controller().store().model(uuid).orElseThrow(() -> {
            if (call.isSuperuser()) {
                return Problem.refuse(Code.MODEL_NOT_FOUND, "model \"%s\" not found", uuid);
            }
            return Problem.denied();
        });
    }

    /**
     * After a user was given a right in a model. The removal of a user goes through all models; a right that is born behind its
     * back would wait for the next user of that name, so whoever gave it takes it back.
     *
     * @param user as it was when the right was given; null for one that this controller does not know
     */
    static CompletionStage<Object> stillThere(Call call, AccessEngine access, Documents model, User user) {
        if (user == null) {
            return CompletableFuture.completedFuture(null);
        }
        User now = call.controller().store().controller().snapshot().get(Kinds.USER, user.name());
        if (now != null && now.created().equals(user.created())) {
            return CompletableFuture.completedFuture(null);
        }
        return model.submit(tx -> {
                    access.forgetUser(tx, user.name());
                    return null;
                })
                .thenApply(gone -> {
                    throw Problem.refuse(Code.USER_NOT_FOUND, "user \"%s\" not found", user.name());
                });
    }

    /** The user of the controller whose name this tag carries; `@local` means nothing. */
    static String user(String tag) {
        String name = Tag.idOf("user", tag);
        return name.endsWith("@local") ? name.substring(0, name.length() - "@local".length()) : name;
    }
}
