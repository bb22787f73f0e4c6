package org.isthmus.wire.agent;

/** Names one machine or unit by its tag, such as `unit-mysql-0`. */
public record AgentTag(String tag) {}
