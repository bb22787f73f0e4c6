package org.isthmus.wire.agent;

/** Asks for a relation's settings: of a unit or of an application, as this unit may read them. */
public record RelationQuery(String tag, int relation, String of) {}
