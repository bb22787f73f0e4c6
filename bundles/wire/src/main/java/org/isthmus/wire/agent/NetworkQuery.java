package org.isthmus.wire.agent;

/**
 * Asks how a unit is reached, and where it dials from.
 *
 * @param relation number; null for none in particular
 */
public record NetworkQuery(String tag, Integer relation) {}
