package org.isthmus.wire.agent;

import java.util.Map;

/** What goal-state shows: the units of the application, and by endpoint the applications and units it is related to. */
public record GoalState(Map<String, Entry> units, Map<String, Map<String, Entry>> relations) {

    public record Entry(String status, String since) {}
}
