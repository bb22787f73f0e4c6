package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Constraints;
import picocli.CommandLine.Option;

/** `juju add-machine`. */
final class AddMachineCommand extends ModelCommand {
    @Option(names = "-n", paramLabel = "N", description = "The number of machines to add")
    int count = 1;

    @Option(
            names = {"--base", "--series"},
            paramLabel = "BASE",
            description = "The operating system base to install on the new machine(s)")
    String base;

    @Option(
            names = "--constraints",
            paramLabel = "CONSTRAINTS",
            description =
                    "Machine constraints that overwrite those available from 'juju model-constraints' and provider's defaults")
    List<String> constraints = new ArrayList<>();

    @Override
    int run(Session session) {
        String placement = optional();
        if (count < 1) {
            throw Failure.usage("-n must be a positive integer");
        }
        if (placement != null && count > 1) {
            throw Failure.usage("cannot use -n when specifying a placement");
        }
        if (placement != null && placement.startsWith("ssh:")) {
            throw Failure.of("adding a machine by ssh is not supported by this version");
        }
        Target target = session.target(model);
        Map<String, Object> wanted = new LinkedHashMap<>();
        wanted.put("jobs", List.of("JobHostUnits"));
        wanted.put("constraints", ConstraintWords.wire(Constraints.parse(String.join(" ", constraints))));
        if (base != null) {
            String[] chosen = Bases.parse(base);
            wanted.put("base", Map.of("name", chosen[0], "channel", chosen[1]));
        }
        if (placement != null) {
            int colon = placement.indexOf(':');
            if (placement.equals("lxd") || placement.startsWith("lxd:")) {
                wanted.put("container-type", "lxd");
                wanted.put("parent-id", colon < 0 ? "" : placement.substring(colon + 1));
            } else {
                wanted.put("placement", Map.of("scope", target.uuid(), "directive", placement));
            }
        }
        List<Object> params = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            params.add(wanted);
        }
        int failed = 0;
        for (JsonNode machine : session.api(target)
                .call("MachineManager", "AddMachines", Map.of("params", params))
                .path("machines")) {
            if (machine.hasNonNull("error")) {
                failed++;
                session.error("%s", machine.path("error").path("message").asText());
            } else {
                String id = machine.path("machine").asText();
                session.info("created %s %s", id.contains("/") ? "container" : "machine", id);
            }
        }
        if (failed > 0) {
            throw Failure.of("failed to create %d machine%s", failed, failed == 1 ? "" : "s");
        }
        return 0;
    }
}
