package org.isthmus.agent.unit;

import org.isthmus.wire.agent.HookChanges;

/**
 * A hook in the works.
 *
 * @param step `running`, `failed` or `committing`
 * @param failures how often it failed in a row
 * @param changes what it did, while committing
 */
public record Pending(HookInfo hook, String step, int failures, HookChanges changes) {
    static final String RUNNING = "running";
    static final String FAILED = "failed";
    static final String COMMITTING = "committing";

    boolean is(String word) {
        return step.equals(word);
    }
}
