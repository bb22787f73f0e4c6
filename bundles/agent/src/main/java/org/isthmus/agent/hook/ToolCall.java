package org.isthmus.agent.hook;

import java.nio.file.Path;
import java.util.List;

/** One run of a tool. {@code stdin} is null when the tool did not send any. */
record ToolCall(String tool, List<String> args, Path cwd, byte[] stdin) {

    /** What it answers. */
    record Reply(int exit, byte[] out, byte[] err) {}
}
