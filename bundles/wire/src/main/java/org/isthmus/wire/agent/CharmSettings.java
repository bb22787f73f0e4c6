package org.isthmus.wire.agent;

import java.util.Map;

/** An application's effective configuration; a key without a value is there with null. */
public record CharmSettings(Map<String, Object> settings) {}
