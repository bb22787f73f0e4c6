package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import picocli.CommandLine.Option;

/** `juju integrate`, `relate`, `add-relation`. */
final class IntegrateCommand extends ModelCommand {
    static final Pattern ENDPOINT = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*(:[a-zA-Z0-9_-]+)?");

    @Option(names = "--via", paramLabel = "CIDRS", description = "For cross model integrations, specify the egress subnets for outbound traffic")
    String via;

    @Override
    int run(Session session) {
        if (args.size() != 2) {
            throw Failure.usage("an integration must involve two applications");
        }
        for (String endpoint : args) {
            if (!ENDPOINT.matcher(endpoint).matches()) {
                if (endpoint.contains(".")) {
                    throw Failure.of("integrating with the offer \"%s\" is not supported by this version", endpoint);
                }
                throw Failure.usage("endpoint \"%s\" not valid", endpoint);
            }
        }
        if (via != null) {
            throw Failure.usage("the --via option can only be used when integrating with a cross model offer");
        }
        try {
            session.api(session.target(model))
                    .call("Application", "AddRelation", Map.of("endpoints", args, "via-cidrs", List.of()));
        } catch (Refused refused) {
            if (refused.problem().code() == Code.ALREADY_EXISTS) {
                throw Failure.of("%s\n\nUse \"juju status --relations\" to view the current relations.",
                        refused.problem().message());
            }
            throw refused;
        }
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        List<String> names = new ArrayList<>(Candidates.applications(session, model));
        names.removeAll(args);
        return args.size() < 2 ? names : List.of();
    }
}
