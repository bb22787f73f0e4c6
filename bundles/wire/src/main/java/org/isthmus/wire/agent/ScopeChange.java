package org.isthmus.wire.agent;

import java.util.Map;

/** A unit enters or leaves a relation. {@code settings} are those it brings along, null when it leaves. */
public record ScopeChange(String tag, int relation, Map<String, String> settings) {}
