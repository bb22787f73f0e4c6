package org.isthmus.wire.agent;

/** @param fresh false: this sequence was there already */
public record HookCommitted(boolean fresh) {}
