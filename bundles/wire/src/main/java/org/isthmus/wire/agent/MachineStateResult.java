package org.isthmus.wire.agent;

/**
 * A machine's state as its watcher tells it.
 *
 * @param trace of the request that changed it last; null where that is not known
 */
public record MachineStateResult(MachineState state, String trace) {}
