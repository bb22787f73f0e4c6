package org.isthmus.wire;

import java.util.List;

/** The answer of a bulk call whose items carry their own error field. */
public record Listing<T>(List<T> results) {}
