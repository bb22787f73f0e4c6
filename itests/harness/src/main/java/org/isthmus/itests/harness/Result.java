package org.isthmus.itests.harness;

/** What a command gave. */
public record Result(String line, int exit, String out, String err) {
    /** @return this, if the command succeeded; else an error that shows all of it */
    public Result ok() {
        if (exit != 0) {
            throw new AssertionError(this.toString());
        }
        return this;
    }

    /** @return this, if the command was refused with that text on its error stream */
    public Result refused(String text) {
        if (exit == 0 || !err.contains(text)) {
            throw new AssertionError("not refused with \"" + text + "\": " + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return "$ " + line + "\n" + out + (err.isEmpty() ? "" : "[err] " + err) + "[exit " + exit + "]";
    }
}
