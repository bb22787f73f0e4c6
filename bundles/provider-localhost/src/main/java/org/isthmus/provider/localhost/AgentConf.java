package org.isthmus.provider.localhost;

import java.util.List;

/**
 * The file `agent/agent.conf` of a machine: who its agent is, and where its controller.
 *
 * @param root true: charms run as root here
 */
record AgentConf(
        String tag,
        String nonce,
        String password,
        String model,
        String controller,
        List<String> apiAddresses,
        String caCert,
        String machineDir,
        String address,
        String agentVersion,
        boolean root) {}
