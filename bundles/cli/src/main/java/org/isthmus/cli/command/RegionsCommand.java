package org.isthmus.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.model.CloudRecord;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju regions` and `juju show-cloud`. */
final class RegionsCommand extends ControllerCommand {
    private final boolean show;

    @Mixin
    Format format = new Format();

    @Option(names = "--client", description = "Client operation")
    boolean client;

    RegionsCommand(boolean show) {
        this.show = show;
    }

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("no cloud specified");
        }
        noMoreThan(1);
        CloudRecord cloud = new Clouds(session).get(args.get(0));
        if (show) {
            Map<String, Object> at = new LinkedHashMap<>();
            at.put("name", cloud.name());
            at.putAll(CloudsCommand.document(cloud));
            return format.printDocument(session, at);
        }
        return format.print(
                session,
                () -> {
                    StringBuilder text = new StringBuilder();
                    cloud.regions().forEach(r -> text.append(r.name()).append('\n'));
                    return text.toString();
                },
                () -> CloudsCommand.document(cloud).get("regions"));
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? new Clouds(session).names() : List.of();
    }
}
