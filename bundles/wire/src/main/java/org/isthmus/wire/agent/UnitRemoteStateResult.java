package org.isthmus.wire.agent;

/** A unit's remote state as its watcher tells it. */
public record UnitRemoteStateResult(UnitRemoteState state) {}
