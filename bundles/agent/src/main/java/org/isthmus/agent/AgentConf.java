package org.isthmus.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The file `agent.conf` of a machine's agent, written by the provider that started it.
 *
 * @param tag of the machine
 * @param model UUID
 * @param controller UUID
 * @param apiAddresses `host:port`, best first
 * @param machineDir the machine's folder
 * @param address where the machine is reached
 * @param root true: charms run as root here
 */
public record AgentConf(
        String tag,
        String nonce,
        String password,
        String model,
        String controller,
        List<String> apiAddresses,
        String caCert,
        Path machineDir,
        String address,
        String agentVersion,
        boolean root) {

    public static final String FILE = "agent.conf";

    public AgentConf {
        apiAddresses = apiAddresses == null ? List.of() : List.copyOf(apiAddresses);
    }

    /** Names may be spelled `apiAddresses` or `api-addresses`. */
    static AgentConf read(Path folder, ObjectMapper json) throws IOException {
        ObjectNode plain = json.createObjectNode();
        JsonNode written = json.readTree(Files.readAllBytes(folder.resolve(FILE)));
        written.properties().forEach(each -> plain.set(each.getKey().replace("-", ""), each.getValue()));
        return json.treeToValue(plain, AgentConf.class);
    }
}
