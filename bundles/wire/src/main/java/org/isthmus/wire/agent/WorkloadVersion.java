package org.isthmus.wire.agent;

/** The version of the software that a unit runs. */
public record WorkloadVersion(String tag, String version) {}
