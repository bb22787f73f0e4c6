package org.isthmus.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * What a login answered.
 *
 * @param controllerUuid of the controller that answered
 * @param servers `host:port` of every address it says it has
 * @param facades versions by name
 * @param controllerAccess of the user; empty for agents
 * @param raw the answer as it came
 */
public record LoginResult(
        String controllerUuid,
        String modelUuid,
        String serverVersion,
        List<String> servers,
        Map<String, List<Integer>> facades,
        String user,
        String controllerAccess,
        String modelAccess,
        JsonNode raw) {
    public LoginResult {
        servers = List.copyOf(servers);
        facades = Map.copyOf(facades);
    }
}
