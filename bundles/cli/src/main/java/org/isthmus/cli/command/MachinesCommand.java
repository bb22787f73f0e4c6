package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.isthmus.cli.status.FullStatus;
import org.isthmus.cli.status.StatusTable;
import org.isthmus.cli.status.StatusTree;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju machines` and `juju show-machine`. */
final class MachinesCommand extends ModelCommand {
    private final boolean show;

    @Mixin
    Format format = new Format();

    @Option(names = "--color", description = "Force use of ANSI color codes")
    boolean color;

    @Option(names = "--utc", description = "Display timestamps in the UTC timezone")
    boolean utc;

    MachinesCommand(boolean show) {
        this.show = show;
    }

    @Override
    int run(Session session) {
        if (!show) {
            noMoreThan(0);
        }
        Target target = session.target(model);
        JsonNode answer = session.api(target).call("Client", "FullStatus", Map.of("patterns", List.of()));
        if (show && !args.isEmpty() && answer.path("machines") instanceof ObjectNode machines) {
            for (String id : args) {
                if (!machines.has(id)) {
                    throw Failure.of("machine %s not found", id);
                }
            }
            machines.retain(args);
        }
        FullStatus status = new FullStatus(answer, target.controller());
        String chosen = show ? format.choose("yaml", "json", "tabular") : format.choose("tabular", "json", "yaml");
        if (chosen.equals("tabular")) {
            return format.write(
                    session,
                    new StatusTable(
                                    status,
                                    new StatusTable.Options(
                                            session.feature("cross-model")
                                                    ? StatusTable.Layout.V2
                                                    : StatusTable.Layout.V3,
                                            false,
                                            false,
                                            session.colour(color),
                                            session.invocation().zone(),
                                            utc))
                            .machinesText());
        }
        Map<String, Object> tree = new StatusTree(status, session.invocation().zone(), utc).tree();
        return format.write(
                session,
                format.render(session, chosen, Map.of("model", target.shortName(), "machines", tree.get("machines"))));
    }

    @Override
    List<String> complete(Session session) {
        return show ? Candidates.machines(session, model) : List.of();
    }
}
