package org.isthmus.wire.agent;

/** @param seconds how long, counted from the moment of the claim, nobody else can lead; 0 when the claim was denied */
public record LeadershipAnswer(boolean leader, long seconds) {}
