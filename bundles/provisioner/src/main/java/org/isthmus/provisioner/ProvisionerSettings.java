package org.isthmus.provisioner;

import java.time.Duration;

/**
 * How patient the provisioner is.
 *
 * @param tries of a start, before the machine's provisioning error
 * @param between two tries
 * @param parallel starts under way at once in a model that says nothing of `num-provision-workers`
 * @param look how often the cloud's instances are listed where nothing changes
 * @param startLimit of one try
 * @param callLimit of a list or stop
 * @param turn how long one turn may take; what goes on longer is left to run
 */
record ProvisionerSettings(
        int tries,
        Duration between,
        int parallel,
        Duration look,
        Duration startLimit,
        Duration callLimit,
        Duration turn) {
    static final ProvisionerSettings USUAL = new ProvisionerSettings(
            10,
            Duration.ofSeconds(10),
            16,
            Duration.ofSeconds(30),
            Duration.ofMinutes(10),
            Duration.ofMinutes(2),
            Duration.ofSeconds(5));
}
