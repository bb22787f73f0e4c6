package org.isthmus.agent;

/** The controller cannot be asked now: no connection, or it was lost before the answer. */
public final class ControllerUnreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ControllerUnreachable(String message, Throwable cause) {
        super(message, cause);
    }
}
