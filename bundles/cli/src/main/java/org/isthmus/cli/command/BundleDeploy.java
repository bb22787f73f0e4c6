package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.isthmus.api.Code;
import org.isthmus.api.Constraints;
import org.isthmus.api.OfferUrl;
import org.isthmus.api.Refused;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmArchive;

/** `juju deploy` of a bundle: a YAML file, a folder with a bundle.yaml, or such a folder in a zip file. */
final class BundleDeploy {
    private static final String BUNDLE = "bundle.yaml";

    /** @param force as with a charm alone */
    record Wish(List<String> overlays, boolean dryRun, boolean trust, boolean force, String model) {}

    private final Session session;
    private final Wish wish;
    private final Map<Path, Charm> charms = new LinkedHashMap<>();
    private final Map<Path, String> uploaded = new LinkedHashMap<>();
    /** Of applications: `name`, `channel`. */
    private final Map<String, String[]> bases = new LinkedHashMap<>();
    /** Machines of the bundle that were made: their ids in the model. */
    private final Map<String, String> machines = new LinkedHashMap<>();

    private Target target;
    private Api api;

    BundleDeploy(Session session, Wish wish) {
        this.session = session;
        this.wish = wish;
    }

    /** Whether there is a bundle at this path. */
    static boolean isBundle(Path path) {
        if (Files.isDirectory(path)) {
            return Files.isRegularFile(path.resolve(BUNDLE)) && !Files.exists(path.resolve("metadata.yaml"));
        }
        if (!Files.isRegularFile(path)) {
            return false;
        }
        String name = String.valueOf(path.getFileName());
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            return true;
        }
        try (ZipFile zip = new ZipFile(path.toFile())) {
            return zip.getEntry(BUNDLE) != null && zip.getEntry("metadata.yaml") == null;
        } catch (IOException notAZip) {
            return false;
        }
    }

    int run(Path path) throws IOException {
        boolean zip = Files.isRegularFile(path) && !path.toString().matches(".*\\.ya?ml");
        if (!zip) {
            return deploy(path, Files.isDirectory(path) ? path.resolve(BUNDLE) : path);
        }
        Path folder = Files.createTempDirectory("bundle");
        try {
            CharmArchive.unpack(path, folder);
            return deploy(path, folder.resolve(BUNDLE));
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    private int deploy(Path named, Path file) throws IOException {
        List<BundleReader.Source> sources = new ArrayList<>(documents(file));
        for (String overlay : wish.overlays()) {
            sources.addAll(documents(session.path(overlay)));
        }
        BundleFile bundle = BundleReader.read(sources);
        bundle.warnings().forEach(warning -> session.warn("%s", warning));
        List<String> errors = new ArrayList<>(bundle.errors());
        verifyCharms(bundle, errors);
        refuse(errors);
        trusted(bundle);
        session.info("Located bundle \"%s\"", named.toAbsolutePath().normalize().getFileName());
        target = session.target(wish.model());
        api = session.api(target);
        UnaryOperator<String> spelling = url -> BundleExisting.url(url, target.controller(), user());
        BundlePlan plan = BundlePlan.of(bundle, existing(bundle, spelling), spelling);
        refuse(plan.errors());
        refuse(foreseen(plan));
        if (plan.changes().isEmpty()) {
            session.info("No changes to apply.");
            return 0;
        }
        session.print(wish.dryRun() ? "Changes to deploy bundle:" : "Executing changes:");
        for (BundleChange change : plan.changes()) {
            session.print("- " + change.line());
            if (!wish.dryRun()) {
                session.out().flush();
                apply(change);
            }
        }
        if (!wish.dryRun()) {
            session.info("Deploy of bundle completed.");
        }
        return 0;
    }

    private String user() {
        return session.account(session.controller(target.controller())).user();
    }

    private List<BundleReader.Source> documents(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            return session.documents().readAllYaml(Settings.text(file)).stream()
                    .map(document -> new BundleReader.Source(document, folder))
                    .toList();
        } catch (IOException bad) {
            throw Failure.of("cannot parse %s: %s", file, bad.getMessage());
        }
    }

    private static void refuse(List<String> errors) {
        if (!errors.isEmpty()) {
            throw Failure.of("the provided bundle has the following errors:\n%s", String.join("\n", errors));
        }
    }

    private void trusted(BundleFile bundle) {
        List<String> names = bundle.applications().values().stream()
                .filter(BundleFile.Application::trust)
                .map(BundleFile.Application::name)
                .toList();
        if (!names.isEmpty() && !wish.trust()) {
            throw Failure.of(
                    "Bundle cannot be deployed without trusting applications with your cloud credentials.\n"
                            + "Please repeat the deploy command with the --trust argument if you consent to trust the "
                            + "following application(s):\n  - %s",
                    String.join("\n  - ", names));
        }
    }

    // ---- charms of this machine: what is wrong with them is known before anything is sent

    private void verifyCharms(BundleFile bundle, List<String> errors) {
        for (BundleFile.Application application : bundle.applications().values()) {
            Path path = application.path();
            if (path == null) {
                continue;
            }
            String what = "application \"" + application.name() + "\"";
            try {
                if (!Files.exists(path)) {
                    errors.add(what + ": no charm was found at \"" + path + "\"");
                    continue;
                }
                if (!charms.containsKey(path)) {
                    charms.put(path, DeployCommand.read(path));
                }
                verify(bundle, application, charms.get(path), what, errors);
            } catch (IOException failure) {
                errors.add(what + ": cannot read charm at \"" + path + "\": " + Settings.reason(failure));
            } catch (Refused bad) {
                errors.add(what + ": " + bad.problem().message());
            } catch (Failure bad) {
                errors.add(what + ": " + bad.getMessage());
            }
        }
    }

    static void verify(
            BundleFile bundle, BundleFile.Application application, Charm charm, String what, List<String> errors) {
        if (charm.metadata().subordinate() && application.units() > 0) {
            errors.add(what + " is subordinate but has non-zero num_units");
        }
        Set<String> endpoints = new TreeSet<>(charm.metadata().endpoints().keySet());
        endpoints.add("juju-info");
        List<String> asked = new ArrayList<>();
        for (BundleFile.Relation relation : bundle.relations()) {
            for (String side : List.of(relation.left(), relation.right())) {
                if (BundleFile.Relation.application(side).equals(application.name())) {
                    asked.add(BundleFile.Relation.endpoint(side));
                }
            }
        }
        application.offers().values().forEach(offer -> asked.addAll(offer.endpoints()));
        for (String endpoint : asked) {
            if (!endpoint.isEmpty() && !endpoints.contains(endpoint)) {
                errors.add(String.format(
                        "%s: charm \"%s\" has no endpoint \"%s\"",
                        what, charm.metadata().name(), endpoint));
            }
        }
        for (String option : application.options().keySet()) {
            if (!charm.config().containsKey(option) && !option.equals("trust")) {
                errors.add(String.format(
                        "%s: charm \"%s\" has no option \"%s\"",
                        what, charm.metadata().name(), option));
            }
        }
    }

    // ---- what is there

    private BundleExisting existing(BundleFile bundle, UnaryOperator<String> spelling) {
        JsonNode status = api.call("Client", "FullStatus", Map.of("patterns", List.of()));
        Map<String, BundleExisting.Facts> facts = new LinkedHashMap<>();
        bundle.applications().keySet().forEach(name -> {
            if (status.path("applications").has(name)) {
                facts.put(name, facts(name));
            }
        });
        boolean offers = bundle.applications().values().stream()
                .anyMatch(a -> !a.offers().isEmpty());
        BundleExisting existing = BundleExisting.of(status, facts, offers ? acls() : Map.of(), spelling);
        existing.applications().forEach((name, at) -> bases.put(name, at.base()));
        return existing;
    }

    private BundleExisting.Facts facts(String application) {
        JsonNode got = api.call("Application", "Get", Map.of("application", application));
        Map<String, JsonNode> options = new TreeMap<>();
        got.path("config").properties().forEach(e -> {
            JsonNode at = e.getValue();
            options.put(e.getKey(), at.hasNonNull("value") ? at.path("value") : at.path("default"));
        });
        Map<String, Object> entities = Map.of("entities", List.of(Map.of("tag", "application-" + application)));
        Map<String, String> annotations = new TreeMap<>();
        api.one("Annotations", "Get", entities)
                .path("annotations")
                .properties()
                .forEach(e -> annotations.put(e.getKey(), e.getValue().asText()));
        return new BundleExisting.Facts(
                options,
                got.path("application-config").path("trust").path("value").asBoolean(),
                ConstraintWords.of(
                        api.one("Application", "GetConstraints", entities).path("constraints")),
                annotations);
    }

    private Map<String, Map<String, String>> acls() {
        Map<String, Map<String, String>> acls = new TreeMap<>();
        session.api(session.controller(target.controller()))
                .call(
                        "ApplicationOffers",
                        "ListApplicationOffers",
                        Map.of("Filters", List.of(Map.of("owner-name", owner(), "model-name", target.shortName()))))
                .path("results")
                .forEach(offer -> {
                    Map<String, String> acl = new TreeMap<>();
                    offer.path("users")
                            .forEach(u -> acl.put(
                                    u.path("user").asText(), u.path("access").asText()));
                    acls.put(offer.path("offer-name").asText(), acl);
                });
        return acls;
    }

    private String owner() {
        int slash = target.model().indexOf('/');
        return slash < 0 ? user() : target.model().substring(0, slash);
    }

    // ---- what would be refused half-way

    /** Charms that the store does not have, and units whose base is not that of their machine. */
    private List<String> foreseen(BundlePlan plan) {
        List<String> errors = new ArrayList<>();
        Map<String, String[]> at = new LinkedHashMap<>();
        for (BundleChange change : plan.changes()) {
            if (change instanceof BundleChange.Deploy deploy) {
                BundleFile.Application application = deploy.application();
                if (application.path() != null) {
                    bases.put(
                            application.name(), DeployCommand.base(application.base(), charms.get(application.path())));
                } else {
                    try {
                        fromStore(application, true);
                    } catch (Refused refused) {
                        errors.add(String.format(
                                "application \"%s\": %s",
                                application.name(), refused.problem().message()));
                    } catch (Failure refused) {
                        errors.add(refused.getMessage());
                    }
                }
            } else if (change instanceof BundleChange.AddMachine add) {
                String[] base = base(add);
                if (base != null) {
                    at.put(add.machine().id(), base);
                }
            } else if (change instanceof BundleChange.AddUnit add && at.containsKey(add.bundleMachine())) {
                String own = String.join("@", bases.getOrDefault(add.application(), at.get(add.bundleMachine())));
                String machine = String.join("@", at.get(add.bundleMachine()));
                if (!own.equals(machine)) {
                    errors.add(String.format(
                            "machine %s has base %s, application \"%s\" has base %s: give them the same \"base\"",
                            add.bundleMachine(), machine, add.application(), own));
                }
            }
        }
        return errors.stream().distinct().toList();
    }

    /** The machine's own, or that of its first application; null where nobody knows. */
    private String[] base(BundleChange.AddMachine add) {
        String[] base = add.machine().base() == null
                ? bases.get(add.application())
                : Bases.parse(add.machine().base());
        return base == null || base[0].isEmpty() ? null : base;
    }

    // ---- doing it

    private void apply(BundleChange change) throws IOException {
        try {
            if (change instanceof BundleChange.Consume consume) {
                Consumer.Consumed consumed =
                        Consumer.consume(session, target, OfferUrl.parse(consume.url()), consume.name());
                session.info("Added %s as %s", consumed.url(), consumed.name());
            } else if (change instanceof BundleChange.Upload upload) {
                upload(upload.charm());
            } else if (change instanceof BundleChange.Deploy deploy) {
                if (deploy.application().path() == null) {
                    fromStore(deploy.application(), false);
                } else {
                    local(deploy.application());
                }
            } else if (change instanceof BundleChange.AddMachine add) {
                addMachine(add);
            } else if (change instanceof BundleChange.AddUnit add) {
                addUnit(add);
            } else {
                settle(change);
            }
        } catch (Refused refused) {
            throw Failure.of(
                    "cannot deploy bundle: cannot %s: %s",
                    change.line(), refused.problem().message());
        }
    }

    private void settle(BundleChange change) {
        if (change instanceof BundleChange.Options options) {
            Map<String, Object> arg = new LinkedHashMap<>();
            arg.put("application", options.application());
            arg.put("generation", "master");
            arg.put("config", options.trust() ? Map.of("trust", "true") : Map.of());
            arg.put("config-yaml", yaml(options.application(), options.options()));
            api.one("Application", "SetConfigs", Map.of("Args", List.of(arg)));
        } else if (change instanceof BundleChange.Constrain constrain) {
            api.call(
                    "Application",
                    "SetConstraints",
                    Map.of(
                            "application",
                            constrain.application(),
                            "constraints",
                            ConstraintWords.wire(constrain.constraints())));
        } else if (change instanceof BundleChange.Expose expose) {
            Map<String, Object> exposed = new LinkedHashMap<>();
            expose.endpoints()
                    .forEach((endpoint, to) -> exposed.put(
                            endpoint, Map.of("expose-to-spaces", to.spaces(), "expose-to-cidrs", to.cidrs())));
            api.call(
                    "Application", "Expose", Map.of("application", expose.application(), "exposed-endpoints", exposed));
        } else if (change instanceof BundleChange.Annotate annotate) {
            annotate("application-" + annotate.application(), annotate.annotations());
        } else if (change instanceof BundleChange.Relate relate) {
            relate(relate);
        } else if (change instanceof BundleChange.MakeOffer offer) {
            Map<String, String> endpoints = new LinkedHashMap<>();
            offer.endpoints().forEach(e -> endpoints.put(e, e));
            Map<String, Object> arg = new LinkedHashMap<>();
            arg.put("model-tag", "model-" + target.uuid());
            arg.put("offer-name", offer.name());
            arg.put("application-name", offer.application());
            arg.put("endpoints", endpoints);
            arg.put("owner-tag", "user-" + user());
            ofController().one("ApplicationOffers", "Offer", Map.of("Offers", List.of(arg)));
        } else if (change instanceof BundleChange.Grant grant) {
            Map<String, Object> arg = new LinkedHashMap<>();
            arg.put("user-tag", "user-" + grant.user());
            arg.put("action", "grant");
            arg.put("access", grant.access());
            arg.put("offer-url", new OfferUrl(null, owner(), target.shortName(), grant.offer(), null).toString());
            try {
                ofController().one("ApplicationOffers", "ModifyOfferAccess", Map.of("changes", List.of(arg)));
            } catch (Refused refused) {
                // Who makes an offer administers it: bundles that were exported grant that once more.
                if (refused.problem().code() != Code.ALREADY_EXISTS) {
                    throw refused;
                }
            }
        }
    }

    private Api ofController() {
        return session.api(session.controller(target.controller()));
    }

    private void relate(BundleChange.Relate relate) {
        try {
            api.call(
                    "Application",
                    "AddRelation",
                    Map.of("endpoints", List.of(relate.left(), relate.right()), "via-cidrs", List.of()));
        } catch (Refused refused) {
            // Somebody was faster; one that is on its way out, which has the same code, is no relation.
            if (refused.problem().code() != Code.ALREADY_EXISTS
                    || !refused.getMessage().endsWith(" already exists")) {
                throw refused;
            }
        }
    }

    private void annotate(String tag, Map<String, String> annotations) {
        api.one(
                "Annotations",
                "Set",
                Map.of("annotations", List.of(Map.of("entity", tag, "annotations", annotations))));
    }

    private void upload(Path path) throws IOException {
        Charm charm = charms.get(path);
        byte[] zip = Files.isDirectory(path) ? DeployCommand.pack(path) : Files.readAllBytes(path);
        uploaded.put(
                path, DeployCommand.upload(session, target, charm.metadata().name(), charm.revision(), zip));
    }

    private String yaml(String application, Map<String, Object> options) {
        return options.isEmpty() ? "" : session.documents().yaml(Map.of(application, options));
    }

    private static Map<String, Object> settings(BundleFile.Application application) {
        Map<String, Object> settings = new LinkedHashMap<>(application.options());
        if (application.trust()) {
            settings.put("trust", true);
        }
        return settings;
    }

    private static Constraints constraints(Constraints constraints) {
        return constraints == null ? Constraints.NONE : constraints;
    }

    private void local(BundleFile.Application application) {
        String url = uploaded.get(application.path());
        Constraints wanted = constraints(application.constraints());
        String[] base = DeployCommand.base(application.base(), charms.get(application.path()));
        Map<String, Object> origin = new LinkedHashMap<>();
        origin.put("source", "local");
        origin.put("type", "charm");
        origin.put("architecture", wanted.text("arch") == null ? DeployCommand.architecture() : wanted.text("arch"));
        origin.put("revision", Integer.parseInt(url.substring(url.lastIndexOf('-') + 1)));
        origin.put("base", Map.of("name", base[0], "channel", base[1]));
        Map<String, Object> arg = new LinkedHashMap<>();
        arg.put("application", application.name());
        arg.put("charm-url", url);
        arg.put("charm-origin", origin);
        arg.put("channel", "");
        arg.put("num-units", 0);
        arg.put("config", Map.of());
        arg.put("config-yaml", yaml(application.name(), settings(application)));
        arg.put("constraints", ConstraintWords.wire(wanted));
        arg.put("placement", List.of());
        arg.put("endpoint-bindings", Map.of());
        arg.put("Force", wish.force());
        api.one("Application", "Deploy", Map.of("applications", List.of(arg)));
        bases.put(application.name(), base);
    }

    /** @param dry only to learn whether it can be done, and the base */
    private void fromStore(BundleFile.Application application, boolean dry) {
        Map<String, Object> arg = new LinkedHashMap<>();
        arg.put("CharmName", application.charm());
        arg.put("ApplicationName", application.name());
        arg.put("ConfigYAML", yaml(application.name(), settings(application)));
        arg.put("Cons", ConstraintWords.wire(constraints(application.constraints())));
        arg.put("DryRun", dry);
        arg.put("force", wish.force());
        arg.put("Placement", List.of());
        arg.put("Trust", application.trust());
        arg.put("endpoint-bindings", Map.of());
        arg.put("num-units", 0);
        if (application.channel() != null) {
            arg.put("channel", application.channel());
        }
        if (application.revision() >= 0) {
            arg.put("revision", application.revision());
        }
        if (application.base() != null) {
            String[] chosen = Bases.parse(application.base());
            arg.put("base", Map.of("name", chosen[0], "channel", chosen[1]));
        }
        JsonNode result = api.call("Application", "DeployFromRepository", Map.of("Args", List.of(arg)))
                .path("Results")
                .path(0);
        List<String> messages = new ArrayList<>();
        result.path("Errors").forEach(e -> messages.add(e.path("message").asText()));
        if (!messages.isEmpty()) {
            throw Failure.of("application \"%s\": %s", application.name(), String.join("\n", messages));
        }
        Api.refuseIfError(result);
        JsonNode base = result.path("Info").path("base");
        bases.put(
                application.name(),
                new String[] {base.path("name").asText(""), base.path("channel").asText("")});
    }

    private void addMachine(BundleChange.AddMachine add) {
        BundleFile.Machine machine = add.machine();
        Map<String, Object> wanted = new LinkedHashMap<>();
        wanted.put("jobs", List.of("JobHostUnits"));
        wanted.put("constraints", ConstraintWords.wire(constraints(machine.constraints())));
        String[] base = base(add);
        if (base != null) {
            wanted.put("base", Map.of("name", base[0], "channel", base[1]));
        }
        JsonNode made = api.call("MachineManager", "AddMachines", Map.of("params", List.of(wanted)))
                .path("machines")
                .path(0);
        Api.refuseIfError(made);
        String id = made.path("machine").asText();
        machines.put(machine.id(), id);
        if (!id.equals(machine.id())) {
            session.info("machine %s of the bundle is machine %s", machine.id(), id);
        }
        if (!machine.annotations().isEmpty()) {
            annotate(Session.machineTag(id), machine.annotations());
        }
    }

    private void addUnit(BundleChange.AddUnit add) {
        String machine = add.bundleMachine() == null ? add.machine() : machines.get(add.bundleMachine());
        api.call(
                "Application",
                "AddUnits",
                Map.of(
                        "application",
                        add.application(),
                        "num-units",
                        1,
                        "placement",
                        machine == null ? List.of() : List.of(Map.of("scope", "#", "directive", machine)),
                        "attach-storage",
                        List.of()));
    }
}
