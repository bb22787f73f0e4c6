package org.isthmus.cli.command;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** `juju add-cloud NAME FILE`: puts a definition into this client's clouds.yaml. */
final class AddCloudCommand extends Command {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The path to a cloud definition file")
    String file;

    @Option(names = "--client", description = "Client operation")
    boolean client;

    @Option(names = "--force", description = "Force add cloud, replacing one of the same name")
    boolean force;

    @Override
    int run(Session session) {
        noMoreThan(2);
        String path = args.size() > 1 ? args.get(1) : file;
        if (args.isEmpty() || path == null) {
            throw Failure.usage("a cloud name and a cloud definition file must be given");
        }
        String name = args.get(0);
        Map<String, Object> document = Data.map(Settings.document(session, path));
        Map<String, Object> clouds = Data.map(document.get("clouds"));
        Map<String, Object> cloud = clouds.isEmpty() ? document : Data.map(clouds.get(name));
        if (cloud.isEmpty()) {
            throw Failure.of("cloud \"%s\" not found in file \"%s\"", name, path);
        }
        if (Data.text(cloud, "type") == null) {
            throw Failure.of("cloud \"%s\" has no type", name);
        }
        if (new Clouds(session).names().contains(name) && !force) {
            throw Failure.of("local cloud \"%s\" already exists; use --force to replace it", name);
        }
        session.data().putCloud(name, cloud);
        session.info("Cloud \"%s\" successfully added to your local client.", name);
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return List.of();
    }
}
