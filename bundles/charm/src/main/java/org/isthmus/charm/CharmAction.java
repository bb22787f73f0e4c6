package org.isthmus.charm;

import java.util.Map;

/**
 * One action of actions.yaml.
 *
 * @param params the JSON schema of its parameters
 */
public record CharmAction(
        String name, String description, boolean parallel, String executionGroup, Map<String, Object> params) {}
