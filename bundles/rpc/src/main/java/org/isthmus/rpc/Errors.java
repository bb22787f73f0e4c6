package org.isthmus.rpc;

import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;

/** The one table between problems and the wire. */
public final class Errors {
    /** Characters of a message. */
    private static final int LONGEST = 4096;

    private Errors() {}

    /** An error inside a result list: {message, code, info}. Empty code and info are left out. */
    public record WireError(String message, String code, Map<String, Object> info) {}

    /** Who sends a megabyte as a name need not get it back. */
    public static String shortened(String message) {
        return message == null || message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…";
    }

    public static WireError of(Problem problem) {
        return new WireError(
                shortened(problem.message()),
                problem.code() == Code.NONE ? null : problem.code().wire(),
                problem.info().isEmpty() ? null : problem.info());
    }

    public static Problem problem(WireError error) {
        return new Problem(Code.ofWire(error.code()), error.message(), error.info());
    }
}
