package org.isthmus.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.cli.text.Table;
import org.isthmus.model.CloudRecord;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju clouds`: those of this client. */
final class CloudsCommand extends ControllerCommand {
    @Mixin
    Format format = new Format();

    @Option(names = "--client", description = "Client operation")
    boolean client;

    @Option(names = "--all", description = "Show all available clouds")
    boolean all;

    @Override
    int run(Session session) {
        noMoreThan(0);
        Map<String, CloudRecord> clouds = new Clouds(session).all();
        return format.print(
                session,
                () -> {
                    Table table = new Table(
                                    "Cloud", "Regions", "Default", "Type", "Credentials", "Source", "Description")
                            .right(1, 4);
                    clouds.forEach((name, cloud) -> table.row(
                            name,
                            Integer.toString(cloud.regions().size()),
                            cloud.regions().isEmpty()
                                    ? ""
                                    : cloud.regions().get(0).name(),
                            cloud.type(),
                            Integer.toString(session.data().credentials(name).size()),
                            session.data().clouds().containsKey(name) ? "local" : "built-in",
                            ""));
                    return table.toString();
                },
                () -> {
                    Map<String, Object> document = new LinkedHashMap<>();
                    clouds.forEach((name, cloud) -> document.put(name, document(cloud)));
                    return document;
                });
    }

    static Map<String, Object> document(CloudRecord cloud) {
        Map<String, Object> at = new LinkedHashMap<>();
        at.put("type", cloud.type());
        at.put("auth-types", cloud.authTypes());
        ModelDocument.put(at, "endpoint", cloud.endpoint());
        Map<String, Object> regions = new LinkedHashMap<>();
        cloud.regions()
                .forEach(r -> regions.put(
                        r.name(),
                        r.endpoint() == null || r.endpoint().isEmpty() ? Map.of() : Map.of("endpoint", r.endpoint())));
        at.put("regions", regions);
        if (!cloud.config().isEmpty()) {
            at.put("config", cloud.config());
        }
        return at;
    }

    @Override
    List<String> complete(Session session) {
        return List.of();
    }
}
