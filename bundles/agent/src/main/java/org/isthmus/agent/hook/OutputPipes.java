package org.isthmus.agent.hook;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * What one hook and the daemons that it leaves behind write into. These pipes are the agent's own: those that Java makes for a
 * process are closed by it when the process ends, and what speaks on would be killed by its next word.
 */
final class OutputPipes implements AutoCloseable {
    private final NamedPipe out;
    private final NamedPipe err;

    OutputPipes(Path out, Path err) throws IOException {
        this.out = new NamedPipe(out);
        try {
            this.err = new NamedPipe(err);
        } catch (IOException gone) {
            this.out.close();
            this.out.reader().close();
            throw gone;
        }
    }

    /** The streams must be read soon: what a hook says is kept for a while only, then it waits. */
    Process start(ProcessBuilder builder) throws IOException {
        return builder.redirectOutput(out.file()).redirectError(err.file()).start();
    }

    InputStream out() {
        return out.reader();
    }

    InputStream err() {
        return err.reader();
    }

    /** After the hook was started, or was not: its streams end with its last writer. */
    @Override
    public void close() {
        out.close();
        err.close();
    }
}
