package org.isthmus.api;

/**
 * Where a machine is reached.
 *
 * @param type `ipv4`, `ipv6` or `hostname`
 * @param scope `public`, `local-cloud` or `local-machine`
 */
public record Address(String value, String type, String scope) {}
