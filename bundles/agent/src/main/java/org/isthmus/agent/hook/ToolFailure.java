package org.isthmus.agent.hook;

/** A tool's refusal: what it prints and how it exits. */
final class ToolFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exit;

    ToolFailure(int exit, String message) {
        super(message, null, false, false);
        this.exit = exit;
    }

    ToolFailure(String message) {
        this(1, message);
    }

    int exit() {
        return exit;
    }
}
