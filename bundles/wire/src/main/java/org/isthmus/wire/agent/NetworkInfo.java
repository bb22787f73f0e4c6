package org.isthmus.wire.agent;

import java.util.List;

/**
 * How a unit is reached, and where it dials from.
 *
 * @param ingress addresses; empty where it has none
 * @param egress networks
 */
public record NetworkInfo(List<String> ingress, List<String> egress) {
    public NetworkInfo {
        ingress = ingress == null ? List.of() : List.copyOf(ingress);
        egress = egress == null ? List.of() : List.copyOf(egress);
    }
}
