package org.isthmus.agent.unit;

/** What a unit's agent does next. */
public sealed interface Operation {
    /** Nothing, until something changes. */
    record Wait() implements Operation {}

    /** Fetch this charm and put it in place. */
    record SwapCharm(String url) implements Operation {}

    record Run(HookInfo hook) implements Operation {}

    /** The operator said that the failed hook counts as done. */
    record Skip(HookInfo hook) implements Operation {}

    /** The hook's relation is gone: nobody is left to be told of. */
    record Drop(HookInfo hook) implements Operation {}

    /** The hook ran; its commit was not answered yet. */
    record Commit(Pending pending) implements Operation {}

    record EnterScope(int relation) implements Operation {}

    /** Leaves a relation that needs no broken hook. */
    record LeaveScope(int relation) implements Operation {}

    /** Everything is done: the unit may be removed. */
    record Die() implements Operation {}
}
