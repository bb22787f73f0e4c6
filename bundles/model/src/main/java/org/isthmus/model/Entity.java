package org.isthmus.model;

/** A record of one thing, immutable. {@link #id()} names it among those of its {@link Kind}. */
public interface Entity {
    String id();
}
