package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Names;
import org.isthmus.api.Refused;
import org.isthmus.cli.text.Table;
import picocli.CommandLine.Option;

/** `juju add-model`. */
final class AddModelCommand extends ControllerCommand {
    @Option(
            names = "--config",
            paramLabel = "CONFIG",
            description = "Specify the path to a YAML model configuration file or individual configuration options")
    List<String> config = new ArrayList<>();

    @Option(names = "--credential", paramLabel = "NAME", description = "Specify the credential to be used by the model")
    String credential;

    @Option(
            names = "--owner",
            paramLabel = "USER",
            description = "Specify the owner of the model if not the current user")
    String owner;

    @Option(names = "--no-switch", description = "Choose not to switch to the newly created model")
    boolean noSwitch;

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("model name is required");
        }
        noMoreThan(2);
        String name = args.get(0);
        if (!Names.isModel(name)) {
            throw Failure.usage(
                    "\"%s\" is not a valid name: model names may only contain lowercase letters, digits and hyphens",
                    name);
        }
        if (owner != null && !Names.isUser(owner)) {
            throw Failure.usage("\"%s\" is not a valid user", owner);
        }
        Data.Controller controller = session.controller(this.controller);
        Data.Account account = session.account(controller);
        Api api = session.api(controller);
        String user = owner == null ? account.user() : owner;

        Map<String, Object> params = new LinkedHashMap<>();
        params.put("name", name);
        params.put("owner-tag", "user-" + user);
        params.put("config", Settings.read(session, config));
        String cloud = null;
        String region = "";
        if (args.size() == 2) {
            String[] place = place(api, args.get(1));
            cloud = place[0];
            region = place[1];
        }
        if (cloud == null) {
            cloud = controller.cloud() == null ? firstCloud(api) : controller.cloud();
            region = controller.cloud() == null || controller.region() == null ? "" : controller.region();
        }
        params.put("cloud-tag", "cloud-" + cloud);
        params.put("region", region);
        if (credential != null) {
            params.put("credential", "cloudcred-" + cloud + "_" + user + "_" + upload(session, api, cloud, user));
        }
        JsonNode made;
        try {
            made = api.call("ModelManager", "CreateModel", params);
        } catch (Refused refused) {
            if (refused.problem().code() == Code.UNAUTHORIZED) {
                session.info("You do not have permission to add models to this controller; "
                        + "ask an administrator for \"add-model\" on the cloud.");
            }
            throw refused;
        }
        String qualified = user + "/" + name;
        if (user.equals(account.user())) {
            session.data()
                    .putModel(controller.name(), qualified, made.path("uuid").asText());
            if (!noSwitch) {
                session.data().setCurrentModel(controller.name(), qualified);
                String current = session.data().currentController();
                // The one that is chosen already too: `switch -` comes back to the model before, not to another
                // controller.
                if (current == null || this.controller != null || current.equals(controller.name())) {
                    session.data().setCurrentController(controller.name());
                }
            }
        }
        StringBuilder line = new StringBuilder("Added '" + name + "' model");
        String madeCloud = Session.tagId(made.path("cloud-tag").asText("cloud-" + cloud));
        String madeRegion = made.path("cloud-region").asText("");
        line.append(" on ").append(madeCloud).append(madeRegion.isEmpty() ? "" : "/" + madeRegion);
        String tag = made.path("cloud-credential-tag").asText("");
        if (!tag.isEmpty()) {
            line.append(" with credential '")
                    .append(tag.substring(tag.lastIndexOf('_') + 1))
                    .append("'");
        }
        line.append(" for user '").append(user).append("'");
        session.info("%s", line);
        return 0;
    }

    /** `cloud`, `region` or `cloud/region` among the controller's. */
    private static String[] place(Api api, String word) {
        JsonNode clouds = api.call("Cloud", "Clouds", Map.of()).path("clouds");
        Map<String, List<String>> known = new LinkedHashMap<>();
        clouds.properties().forEach(e -> {
            List<String> regions = new ArrayList<>();
            e.getValue().path("regions").forEach(r -> regions.add(r.path("name").asText()));
            known.put(Session.tagId(e.getKey()), regions);
        });
        int slash = word.indexOf('/');
        if (slash >= 0) {
            String cloud = word.substring(0, slash);
            String region = word.substring(slash + 1);
            if (known.containsKey(cloud)
                    && (known.get(cloud).isEmpty() || known.get(cloud).contains(region))) {
                return new String[] {cloud, region};
            }
        } else if (known.containsKey(word)) {
            return new String[] {word, ""};
        } else {
            for (Map.Entry<String, List<String>> each : known.entrySet()) {
                if (each.getValue().contains(word)) {
                    return new String[] {each.getKey(), word};
                }
            }
        }
        Table table = new Table("Cloud", "Regions");
        known.forEach((name, regions) -> table.row(name, String.join(", ", regions)));
        throw Failure.of(
                "\"%s\" is neither a cloud supported by this controller nor a region of one.\n"
                        + "The clouds/regions supported by this controller are:\n\n%s",
                word, table.toString().stripTrailing());
    }

    private static String firstCloud(Api api) {
        List<String> names = Session.names(api.call("Cloud", "Clouds", Map.of()).path("clouds"));
        if (names.isEmpty()) {
            throw Failure.of("the controller knows no cloud");
        }
        return Session.tagId(names.get(0));
    }

    /** Sends the credential if the controller has it not yet, and it is in the client's files. */
    private String upload(Session session, Api api, String cloud, String user) {
        JsonNode known = api.one(
                "Cloud",
                "UserCredentials",
                Map.of("user-clouds", List.of(Map.of("user-tag", "user-" + user, "cloud-tag", "cloud-" + cloud))));
        String tag = "cloudcred-" + cloud + "_" + user + "_" + credential;
        for (JsonNode each : known.path("result")) {
            if (each.asText().equals(tag)) {
                session.info("Using credential '%s' cached in controller", credential);
                return credential;
            }
        }
        Map<String, Object> attributes =
                Data.map(session.data().credentials(cloud).get(credential));
        if (attributes.isEmpty()) {
            throw Failure.of("credential '%s' not found for cloud '%s'", credential, cloud);
        }
        session.info("Uploading credential '%s/%s/%s' to controller", cloud, user, credential);
        Credentials.upload(api, tag, attributes);
        return credential;
    }
}
