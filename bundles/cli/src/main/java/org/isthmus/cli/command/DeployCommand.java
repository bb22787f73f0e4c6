package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.isthmus.api.Code;
import org.isthmus.api.Constraints;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmArchive;
import org.isthmus.charm.CharmFolder;
import org.isthmus.client.Https;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju deploy`. */
final class DeployCommand extends ModelCommand {
    private static final int UPLOAD_SECONDS = 600;

    @Mixin
    Placing placing = new Placing();

    @Option(
            names = "--config",
            paramLabel = "CONFIG",
            description = "Either a path to yaml-formatted application config file or a key=value pair")
    List<String> config = new ArrayList<>();

    @Option(names = "--constraints", paramLabel = "CONSTRAINTS", description = "Set application constraints")
    List<String> constraints = new ArrayList<>();

    @Option(
            names = {"--base", "--series"},
            paramLabel = "BASE",
            description = "The base on which to deploy")
    String base;

    @Option(names = "--trust", description = "Allows charm to run hooks that require access credentials")
    boolean trust;

    @Option(names = "--revision", paramLabel = "N", description = "The revision to deploy")
    int revision = -1;

    @Option(
            names = "--channel",
            paramLabel = "CHANNEL",
            description = "Channel to use when deploying a charm from the store")
    String channel;

    @Option(
            names = "--force",
            description = "Allow a charm to be deployed which bypasses checks such as supported base")
    boolean force;

    @Option(names = "--dry-run", description = "Just show what the deploy would do")
    boolean dryRun;

    @Option(
            names = "--bind",
            paramLabel = "BINDINGS",
            description = "Configure application endpoint bindings to spaces")
    String bind;

    @Option(names = "--resource", paramLabel = "NAME=FILE", description = "Resource to be uploaded to the controller")
    List<String> resources = new ArrayList<>();

    @Option(
            names = "--overlay",
            paramLabel = "FILE",
            description = "Bundles to overlay on the primary bundle, applied in order")
    List<String> overlays = new ArrayList<>();

    @Option(names = "--storage", paramLabel = "STORAGE", description = "Charm storage directives")
    List<String> storage = new ArrayList<>();

    @Override
    int run(Session session) throws IOException {
        if (args.isEmpty()) {
            throw Failure.usage("no charm or bundle specified");
        }
        noMoreThan(2);
        String name = args.size() > 1 ? args.get(1) : null;
        if (name != null && !Names.isApplication(name)) {
            throw Failure.usage("invalid application name \"%s\"", name);
        }
        if (!resources.isEmpty() || !storage.isEmpty()) {
            throw Failure.of("%s is not supported by this version", resources.isEmpty() ? "--storage" : "--resource");
        }
        Constraints wanted = Constraints.parse(String.join(" ", constraints));
        placing.count();
        if (base != null) {
            Bases.parse(base);
        }
        String charm = args.get(0);
        if (charm.startsWith("local:")) {
            charm = charm.substring("local:".length());
        }
        Path path = session.path(charm);
        boolean looksLikePath = charm.startsWith(".")
                || charm.startsWith("/")
                || charm.startsWith("~")
                || charm.contains("/")
                || charm.endsWith(".charm")
                || charm.endsWith(".zip")
                || charm.endsWith(".yaml")
                || charm.endsWith(".yml");
        if ((looksLikePath || Files.isDirectory(path)) && BundleDeploy.isBundle(path)) {
            return bundle(session, path, name);
        }
        if (!overlays.isEmpty()) {
            throw Failure.usage("options provided but only supported when deploying a bundle: --overlay");
        }
        if (Files.exists(path) && (looksLikePath || Files.isRegularFile(path.resolve("metadata.yaml")))) {
            return local(session, path, name, wanted);
        }
        if (looksLikePath && !charm.startsWith("ch:")) {
            throw Failure.of("no charm or bundle was found at \"%s\"", charm);
        }
        return fromStore(session, charm.startsWith("ch:") ? charm.substring(3) : charm, name, wanted);
    }

    private int bundle(Session session, Path path, String name) throws IOException {
        List<String> others = new ArrayList<>();
        if (placing.given()) {
            others.add("-n");
        }
        if (!placing.to.isEmpty()) {
            others.add("--to");
        }
        if (!config.isEmpty()) {
            others.add("--config");
        }
        if (!constraints.isEmpty()) {
            others.add("--constraints");
        }
        if (base != null) {
            others.add("--base");
        }
        if (bind != null) {
            others.add("--bind");
        }
        if (channel != null) {
            others.add("--channel");
        }
        if (revision >= 0) {
            others.add("--revision");
        }
        if (!others.isEmpty()) {
            throw Failure.usage(
                    "options provided but not supported when deploying a bundle: %s", String.join(", ", others));
        }
        if (name != null) {
            throw Failure.usage("a bundle takes no application name: \"%s\"", name);
        }
        return new BundleDeploy(session, new BundleDeploy.Wish(overlays, dryRun, trust, force, model)).run(path);
    }

    /** A charm of this machine, a folder or a file. */
    static Charm read(Path path) throws IOException {
        boolean folder = Files.isDirectory(path);
        Charm charm = folder ? CharmFolder.read(path) : CharmArchive.read(path);
        if (!(folder ? reacts(path) : archiveReacts(path))) {
            throw Failure.of(
                    "invalid charm \"%s\": has no hooks nor dispatch file",
                    charm.metadata().name());
        }
        return charm;
    }

    private int local(Session session, Path path, String name, Constraints wanted) throws IOException {
        if (revision >= 0) {
            throw Failure.usage("cannot specify revision for local charm");
        }
        if (channel != null) {
            throw Failure.usage("cannot specify channel for local charm");
        }
        boolean folder = Files.isDirectory(path);
        Charm charm = read(path);
        String charmName = charm.metadata().name();
        String application = name == null ? charmName : name;
        if (!Names.isApplication(application)) {
            throw Failure.usage("invalid application name \"%s\"", application);
        }
        boolean subordinate = charm.metadata().subordinate();
        if (subordinate) {
            refuseUnits(wanted);
        }
        if (dryRun) {
            session.info("Located local charm \"%s\", revision %d", charmName, charm.revision());
            session.info("Would deploy \"%s\" from local charm \"%s\"", application, charmName);
            return 0;
        }
        Map<String, Object> settings = applicationSettings(session, application);
        Target target = session.target(model);
        byte[] zip = folder ? pack(path) : Files.readAllBytes(path);
        String url = upload(session, target, charmName, charm.revision(), zip);
        int number = Integer.parseInt(url.substring(url.lastIndexOf('-') + 1));
        Api api = session.api(target);
        String[] chosen = base(base, charm);
        session.info("Located local charm \"%s\", revision %d", charmName, number);
        session.info(
                "Deploying \"%s\" from local charm \"%s\", revision %d on %s@%s",
                application, charmName, number, chosen[0], chosen[1].replaceAll("/stable$", ""));
        Map<String, Object> origin = new LinkedHashMap<>();
        origin.put("source", "local");
        origin.put("type", "charm");
        origin.put("architecture", wanted.text("arch") == null ? architecture() : wanted.text("arch"));
        origin.put("revision", number);
        origin.put("base", Map.of("name", chosen[0], "channel", chosen[1]));
        Map<String, Object> deploy = new LinkedHashMap<>();
        deploy.put("application", application);
        deploy.put("charm-url", url);
        deploy.put("charm-origin", origin);
        deploy.put("channel", "");
        deploy.put("num-units", subordinate ? 0 : placing.count());
        deploy.put("config", Map.of());
        deploy.put("config-yaml", settings.isEmpty() ? "" : session.documents().yaml(Map.of(application, settings)));
        deploy.put("constraints", ConstraintWords.wire(wanted));
        deploy.put("placement", placing.directives(target.uuid()));
        deploy.put("endpoint-bindings", bindings());
        deploy.put("Force", force);
        api.one("Application", "Deploy", Map.of("applications", List.of(deploy)));
        return 0;
    }

    /** A subordinate's units come with those of the principals that it is related to. */
    private void refuseUnits(Constraints wanted) {
        if (!wanted.isEmpty()) {
            throw Failure.of("cannot use --constraints with subordinate application");
        }
        if (placing.count() != 1 || !placing.to.isEmpty()) {
            throw Failure.of("cannot use --num-units or --to with subordinate application");
        }
    }

    /** A charm without any code is a mistake in the path, or in what was packed. */
    private static boolean reacts(Path folder) throws IOException {
        if (Files.isRegularFile(folder.resolve("dispatch"))) {
            return true;
        }
        Path hooks = folder.resolve("hooks");
        if (!Files.isDirectory(hooks)) {
            return false;
        }
        try (Stream<Path> files = Files.list(hooks)) {
            return files.anyMatch(Files::isRegularFile);
        }
    }

    private static boolean archiveReacts(Path zip) throws IOException {
        try (ZipFile archive = new ZipFile(zip.toFile())) {
            return archive.stream()
                    .anyMatch(entry -> entry.getName().equals("dispatch")
                            || entry.getName().startsWith("hooks/") && !entry.isDirectory());
        }
    }

    /** What `--config` says of this application, and the trust. */
    private Map<String, Object> applicationSettings(Session session, String application) {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (String word : config) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                settings.put(word.substring(0, equals), Settings.value(session, word.substring(equals + 1)));
            } else {
                Map<String, Object> document = Settings.written(word, Settings.fileText(session, word));
                Object mine = document.get(application);
                settings.putAll(mine instanceof Map<?, ?> ? Data.map(mine) : document);
            }
        }
        if (trust) {
            settings.put("trust", true);
        }
        return settings;
    }

    private Map<String, String> bindings() {
        Map<String, String> bindings = new LinkedHashMap<>();
        if (bind != null) {
            for (String word : bind.trim().split("\\s+")) {
                int equals = word.indexOf('=');
                bindings.put(equals < 0 ? "" : word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return bindings;
    }

    static String[] base(String asked, Charm charm) {
        if (asked != null) {
            return Bases.parse(asked);
        }
        if (!charm.manifest().bases().isEmpty()) {
            var first = charm.manifest().bases().get(0);
            return new String[] {first.name(), first.channel()};
        }
        if (!charm.metadata().series().isEmpty()) {
            return Bases.parse(charm.metadata().series().get(0));
        }
        return Bases.parse("ubuntu@22.04");
    }

    static String architecture() {
        String arch = System.getProperty("os.arch", "amd64");
        return switch (arch) {
            case "x86_64", "amd64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            case "ppc64le" -> "ppc64el";
            default -> arch;
        };
    }

    static byte[] pack(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CharmFolder.zip(folder, bytes);
        return bytes.toByteArray();
    }

    private static Https.Answer upload(
            Session session, Https https, String method, String path, byte[] zip, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(more);
        headers.put("Trace-Id", session.trace());
        headers.put("Request-Key", UUID.randomUUID().toString());
        return Api.untilAnswered(
                left -> Api.await(https.upload(method, path, zip, "application/zip", headers), UPLOAD_SECONDS));
    }

    /** The way of 3.6 first; servers that do not know it get the older one. */
    static String upload(Session session, Target target, String charm, int revision, byte[] zip) {
        Https https = session.https(target);
        String path = "/model-" + target.uuid() + "/charms/" + charm + "-"
                + sha256(zip).substring(0, 7);
        Https.Answer answer;
        try {
            answer = upload(session, https, "PUT", path, zip, Map.of("Juju-Curl", "local:" + charm + "-" + revision));
        } catch (Refused refused) {
            Problem problem = refused.problem();
            if (problem.code() != Code.NOT_FOUND && problem.code() != Code.METHOD_NOT_ALLOWED) {
                throw refused;
            }
            answer = upload(
                    session,
                    https,
                    "POST",
                    "/model/" + target.uuid() + "/charms?schema=local&series=&revision=" + revision,
                    zip,
                    Map.of());
        }
        String url = answer.body().path("charm-url").asText("");
        if (url.isEmpty()) {
            url = answer.headers().getOrDefault("juju-curl", "");
        }
        if (!url.matches(".*-\\d+")) {
            throw Failure.of("the controller did not say what it calls the uploaded charm");
        }
        return url;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private int fromStore(Session session, String charm, String name, Constraints wanted) {
        if (!Names.isApplication(charm)) {
            throw Failure.usage("charm or bundle name \"%s\" is not valid", charm);
        }
        String application = name == null ? charm : name;
        Target target = session.target(model);
        Map<String, Object> settings = applicationSettings(session, application);
        Map<String, Object> arg = new LinkedHashMap<>();
        arg.put("CharmName", charm);
        arg.put("ApplicationName", application);
        arg.put("ConfigYAML", settings.isEmpty() ? "" : session.documents().yaml(Map.of(application, settings)));
        arg.put("Cons", ConstraintWords.wire(wanted));
        arg.put("DryRun", dryRun);
        arg.put("force", force);
        arg.put("Placement", placing.directives(target.uuid()));
        arg.put("Trust", trust);
        arg.put("endpoint-bindings", bindings());
        if (placing.given()) {
            arg.put("num-units", placing.count());
        }
        if (channel != null) {
            arg.put("channel", channel);
        }
        if (revision >= 0) {
            arg.put("revision", revision);
        }
        if (base != null) {
            String[] chosen = Bases.parse(base);
            arg.put("base", Map.of("name", chosen[0], "channel", chosen[1]));
        }
        JsonNode result = session.api(target)
                .call("Application", "DeployFromRepository", Map.of("Args", List.of(arg)))
                .path("Results")
                .path(0);
        JsonNode errors = result.path("Errors");
        if (!errors.isEmpty()) {
            List<String> messages = new ArrayList<>();
            errors.forEach(e -> messages.add(e.path("message").asText()));
            throw Failure.of("%s", String.join("\n", messages));
        }
        Api.refuseIfError(result);
        JsonNode info = result.path("Info");
        JsonNode at = info.path("base");
        String where =
                at.path("name").asText("") + "@" + at.path("channel").asText("").replaceAll("/stable$", "");
        String from = info.path("effective-channel").asText(info.path("channel").asText(""));
        session.info(
                "%s \"%s\" from charm-hub charm \"%s\", revision %d%s on %s",
                dryRun ? "Would deploy" : "Deployed",
                application,
                info.path("name").asText(charm),
                info.path("revision").asInt(),
                from.isEmpty() ? "" : " in channel " + from,
                where);
        return 0;
    }
}
