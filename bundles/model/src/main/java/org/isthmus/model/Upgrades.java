package org.isthmus.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Steps that bring a stored entity from one schema of its kind to the next. */
final class Upgrades {
    /** `kind:from` to the step towards `from + 1`. Empty until a stored form changes for the first time. */
    private static final Map<String, UnaryOperator<ObjectNode>> STEPS = Map.of();

    private Upgrades() {}

    static ObjectNode upgrade(Kind<?> kind, int from, ObjectNode stored) throws IOException {
        return upgrade(kind.name(), from, kind.schema(), stored, STEPS);
    }

    static ObjectNode upgrade(
            String kind, int from, int to, ObjectNode stored, Map<String, UnaryOperator<ObjectNode>> steps)
            throws IOException {
        if (from > to) {
            throw new IOException(
                    "written by a newer version: " + kind + " has schema " + from + ", this version reads up to " + to);
        }
        ObjectNode at = stored;
        for (int schema = from; schema < to; schema++) {
            UnaryOperator<ObjectNode> step = steps.get(kind + ":" + schema);
            if (step == null) {
                throw new IOException("no upgrade of " + kind + " from schema " + schema);
            }
            at = step.apply(at);
        }
        return at;
    }
}
