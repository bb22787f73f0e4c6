package org.isthmus.model;

/** What one commit did to one entity: its image after, and before; a null image means it is not there. */
public record Change(Key key, Entity before, Entity after) {}
