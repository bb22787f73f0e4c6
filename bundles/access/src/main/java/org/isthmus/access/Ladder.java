package org.isthmus.access;

import java.util.List;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;

/** Levels of access to one kind of thing, each including those before it. */
final class Ladder {
    static final Ladder CONTROLLER = new Ladder("controller", List.of("login", "superuser"));
    static final Ladder MODEL = new Ladder("model", List.of("read", "write", "admin"));
    static final Ladder OFFER = new Ladder("offer", List.of("read", "consume", "admin"));

    private final String kind;
    private final List<String> steps;

    private Ladder(String kind, List<String> steps) {
        this.kind = kind;
        this.steps = steps;
    }

    private int height(String access) {
        return access == null ? -1 : steps.indexOf(access);
    }

    private void needStep(String access) {
        if (height(access) < 0) {
            throw Problem.notValid("\"%s\" %s access not valid", access == null ? "" : access, kind);
        }
    }

    /** Refuses what would not give more. */
    void needMore(String has, String wants) {
        needStep(wants);
        if (height(has) >= height(wants)) {
            throw Problem.refuse(Code.ALREADY_EXISTS, "user already has \"%s\" access or greater", wants);
        }
    }

    /** What is left after this level is taken: the one below it; empty where there is none. */
    String below(String has, String taken) {
        needStep(taken);
        int left = Math.min(height(has), height(taken) - 1);
        return left < 0 ? "" : steps.get(left);
    }

    boolean knows(String access) {
        return height(access) >= 0;
    }

    boolean includes(String has, String wants) {
        return height(wants) >= 0 && height(has) >= height(wants);
    }
}
