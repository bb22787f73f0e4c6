package org.isthmus.model;

/** One entity of a document set. */
public record Key(Kind<?> kind, String id) {}
