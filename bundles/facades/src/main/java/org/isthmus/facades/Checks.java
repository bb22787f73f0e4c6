package org.isthmus.facades;

import org.isthmus.api.Code;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.User;
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

    /** The user of the controller whose name this tag carries; `@local` means nothing. */
    static String user(String tag) {
        String name = Tag.idOf("user", tag);
        return name.endsWith("@local") ? name.substring(0, name.length() - "@local".length()) : name;
    }
}
