package org.isthmus.charm;

/**
 * An endpoint that a charm declares.
 *
 * @param role `provider`, `requirer` or `peer`
 * @param interfaceName spelled `interface` in metadata.yaml
 * @param scope `global` or `container`
 * @param limit how many relations it may have; 0 is any number
 */
public record CharmRelation(
        String name, String role, String interfaceName, String scope, int limit, boolean optional) {}
