package org.isthmus.shell;

import org.apache.karaf.shell.support.CommandException;

/** A `juju` line that ended with another exit code than 0, having said why. */
final class JujuFailed extends CommandException {
    private static final long serialVersionUID = 1L;

    private final int code;

    JujuFailed(int code) {
        super("juju ended with exit code " + code);
        this.code = code;
    }

    int code() {
        return code;
    }
}
