package org.isthmus.model;

import java.util.Set;

/** Why a reconciler is asked: what changed since it was last asked (may be empty: a start, a new try, a plug that came back). */
public record Cause(Set<Key> changed, boolean first) {}
