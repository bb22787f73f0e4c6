package org.isthmus.wire.agent;

/** A machine's state as its watcher tells it. */
public record MachineStateResult(MachineState state) {}
