package org.isthmus.wire.agent;

/** Claims or renews an application's lead for a unit of it. */
public record LeadershipClaim(String applicationTag, String unitTag) {}
