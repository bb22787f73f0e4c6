package org.isthmus.cli.command;

/** Ends a command with a message on stderr (none where it is null) and an exit code. */
class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    static final int USAGE = 2;
    static final int CANCELLED = 130;

    private final int code;

    private Failure(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** The way to the controller broke: whether it did what it was asked is not known. */
    static final class Lost extends Failure {
        private static final long serialVersionUID = 1L;

        Lost(String message) {
            super(1, message);
        }
    }

    int code() {
        return code;
    }

    static Failure of(String message, Object... args) {
        return new Failure(1, args.length == 0 ? message : String.format(message, args));
    }

    /** The line itself is wrong. */
    static Failure usage(String message, Object... args) {
        return new Failure(USAGE, args.length == 0 ? message : String.format(message, args));
    }

    /** All has been said. */
    static Failure silent() {
        return new Failure(1, null);
    }

    static Failure cancelled() {
        return new Failure(CANCELLED, null);
    }
}
