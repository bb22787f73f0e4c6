package org.isthmus.rpc;

import java.util.List;
import java.util.Map;

/**
 * The lines of `juju`, as the shells run them. Runs may go on at the same time; interrupting the thread of one ends it with exit
 * code 130.
 */
public interface Commands {
    /** @return the exit code: 0, 1 for an error, 2 for a wrong line, 130 for a cancelled run */
    int run(Invocation invocation);

    /** Names of all commands, aliases among them. */
    List<String> names();

    /**
     * What may complete the last word.
     *
     * @param words the line without `juju`; its last word may be empty
     */
    List<String> complete(List<String> words, Map<String, String> env);
}
