package org.isthmus.cli.command;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** `juju add-credential CLOUD -f FILE`: puts the file's credentials into this client's credentials.yaml. */
final class AddCredentialCommand extends Command {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The YAML file containing credentials to add")
    String file;

    @Option(names = "--client", description = "Client operation")
    boolean client;

    @Option(names = "--region", paramLabel = "REGION", hidden = true)
    String region;

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("Usage: juju add-credential <cloud-name> [-f <credentials.yaml>]");
        }
        noMoreThan(1);
        if (file == null) {
            throw Failure.of(
                    "adding a credential by dialogue is not supported by this version: use -f <credentials.yaml>");
        }
        String cloud = args.get(0);
        new Clouds(session).get(cloud);
        Map<String, Object> document = Data.map(Settings.document(session, file));
        Map<String, Object> credentials =
                Data.map(Data.map(document.get("credentials")).get(cloud));
        if (credentials.isEmpty()) {
            throw Failure.of("no credentials for cloud %s exist in file %s", cloud, file);
        }
        credentials.forEach((name, value) -> {
            if (value instanceof Map<?, ?>) {
                session.data().putCredential(cloud, name, Data.map(value));
                session.info("Credential \"%s\" added locally for cloud \"%s\".", name, cloud);
            }
        });
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? new Clouds(session).names() : List.of();
    }
}
