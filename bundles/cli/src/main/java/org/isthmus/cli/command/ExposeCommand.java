package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** `juju expose`. */
final class ExposeCommand extends ModelCommand {
    @Option(
            names = "--endpoints",
            paramLabel = "NAMES",
            description = "Expose only the ports that charms have opened for this comma-delimited list of endpoints")
    String endpoints;

    @Option(
            names = "--to-cidrs",
            paramLabel = "CIDRS",
            description =
                    "A comma-delimited list of CIDRs that should be able to access the application ports once exposed")
    String cidrs;

    @Option(
            names = "--to-spaces",
            paramLabel = "SPACES",
            description =
                    "A comma-delimited list of spaces that should be able to access the application ports once exposed")
    String spaces;

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no application name specified");
        }
        noMoreThan(1);
        Map<String, Object> exposed = new LinkedHashMap<>();
        if (endpoints != null || cidrs != null || spaces != null) {
            for (String endpoint : endpoints == null ? List.of("") : split(endpoints)) {
                exposed.put(endpoint, Map.of("expose-to-spaces", split(spaces), "expose-to-cidrs", split(cidrs)));
            }
        }
        session.api(session.target(model))
                .call("Application", "Expose", Map.of("application", args.get(0), "exposed-endpoints", exposed));
        return 0;
    }

    static List<String> split(String words) {
        List<String> parts = new ArrayList<>();
        if (words != null) {
            for (String word : words.split(",")) {
                parts.add(word.trim());
            }
        }
        return parts;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.applications(session, model) : List.of();
    }
}
