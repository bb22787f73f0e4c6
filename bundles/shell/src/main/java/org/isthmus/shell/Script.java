package org.isthmus.shell;

import java.io.PrintStream;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Lines for the shell that came from no terminal. They end at the first that fails; its exit code is theirs, and where they
 * stopped is said on the error stream, without colours: whoever reads it may be a program.
 */
final class Script {
    private static final int FAILED = 1;
    private static final int NO_SUCH_COMMAND = 127;
    private static final Pattern COLOURS = Pattern.compile("\u001B\\[[;\\d]*m");

    /** The shell, for one line or a few that belong together. */
    interface Shell {
        void execute(String lines) throws Exception;
    }

    private final String[] lines;
    private volatile int code;

    Script(String text) {
        this.lines = text.split("\r?\n", -1);
    }

    /** Of the line that failed; 0 where none did. */
    int code() {
        return code;
    }

    void run(Shell shell, PrintStream err) {
        int at = 0;
        while (at < lines.length && code == 0) {
            at = next(at, shell, err);
        }
        err.flush();
    }

    /** @return the line behind those that were run */
    private int next(int first, Shell shell, PrintStream err) {
        StringBuilder together = new StringBuilder(lines[first]);
        for (int behind = first + 1; ; behind++) {
            try {
                if (!together.toString().isBlank()) {
                    shell.execute(together.toString());
                }
                return behind;
            } catch (Exception | Error failure) {
                // A command of several lines: the shell reads all of it before it runs any of it.
                if (isUnfinished(failure) && behind < lines.length) {
                    together.append('\n').append(lines[behind]);
                    continue;
                }
                stop(failure, first, behind, err);
                return behind;
            }
        }
    }

    private static boolean isUnfinished(Throwable failure) {
        // The shell keeps the class to itself, and has more than one for it.
        return failure.getMessage() != null
                && failure.getMessage().toLowerCase(Locale.ROOT).contains("eof found in the middle");
    }

    private void stop(Throwable failure, int first, int behind, PrintStream err) {
        if (failure instanceof JujuFailed juju) {
            code = juju.code();
        } else {
            code = failure.getClass().getSimpleName().equals("CommandNotFoundException") ? NO_SUCH_COMMAND : FAILED;
            String words = failure.getMessage() == null ? failure.toString() : failure.getMessage();
            err.println("ERROR " + COLOURS.matcher(words).replaceAll(""));
        }
        if (lines.length > 1) {
            int left = 0;
            for (int line = behind; line < lines.length; line++) {
                left += lines[line].isBlank() ? 0 : 1;
            }
            err.println("ERROR stopped at line " + (first + 1) + " with exit code " + code + ": " + lines[first].strip()
                    + rest(left));
        }
    }

    private static String rest(int left) {
        return switch (left) {
            case 0 -> "";
            case 1 -> "\n      1 line after it was not run";
            default -> "\n      " + left + " lines after it were not run";
        };
    }
}
