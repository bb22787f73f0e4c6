package org.isthmus.api;

import java.util.Map;

/**
 * Why a request was refused: Juju's code, a message in Juju's words that names the thing and the way out, and what a program
 * may need beside them (`error-info`).
 */
public record Problem(Code code, String message, Map<String, Object> info) {

    public Problem {
        info = info == null ? Map.of() : Map.copyOf(info);
    }

    public Problem(Code code, String message) {
        this(code, message, Map.of());
    }

    public static Refused refuse(Code code, String message, Object... args) {
        return new Refused(new Problem(code, args.length == 0 ? message : String.format(message, args)));
    }

    /** `application "mysql" not found`, the shape of every not-found in Juju. */
    public static Refused notFound(String kind, String name) {
        return refuse(Code.NOT_FOUND, "%s \"%s\" not found", kind, name);
    }

    public static Refused notValid(String message, Object... args) {
        return refuse(Code.NOT_VALID, message, args);
    }

    public static Refused denied() {
        return refuse(Code.UNAUTHORIZED, "permission denied");
    }
}
