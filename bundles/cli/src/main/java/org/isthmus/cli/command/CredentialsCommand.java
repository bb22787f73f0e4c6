package org.isthmus.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.cli.text.Table;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju credentials`: those of this client. */
final class CredentialsCommand extends ControllerCommand {
    @Mixin
    Format format = new Format();

    @Option(names = "--client", description = "Client operation")
    boolean client;

    @Option(names = "--show-secrets", description = "Show secrets, applicable to yaml or json formats only")
    boolean showSecrets;

    @Override
    int run(Session session) {
        String only = optional();
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        for (String cloud : only == null ? new Clouds(session).names() : List.of(only)) {
            Map<String, Object> credentials = session.data().credentials(cloud);
            if (!credentials.isEmpty()) {
                all.put(cloud, credentials);
            }
        }
        if (all.isEmpty() && format.choose("tabular", "json", "yaml").equals("tabular")) {
            session.info("No credentials to display.");
            return 0;
        }
        return format.print(
                session,
                () -> {
                    Table table = new Table("Cloud", "Credentials");
                    all.forEach((cloud, credentials) -> table.row(cloud, String.join(", ", credentials.keySet())));
                    return "Client Credentials:\n" + table;
                },
                () -> {
                    Map<String, Object> clouds = new LinkedHashMap<>();
                    all.forEach((cloud, credentials) -> {
                        Map<String, Object> shown = new LinkedHashMap<>();
                        credentials.forEach((name, value) -> shown.put(
                                name,
                                showSecrets
                                        ? value
                                        : Map.of(
                                                "auth-type",
                                                String.valueOf(Data.map(value).get("auth-type")))));
                        clouds.put(cloud, shown);
                    });
                    return Map.of("client-credentials", clouds);
                });
    }
}
