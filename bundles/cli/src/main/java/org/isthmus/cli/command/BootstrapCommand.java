package org.isthmus.cli.command;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.isthmus.api.Constraints;
import org.isthmus.api.Names;
import org.isthmus.api.Refused;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Credential;
import org.isthmus.rpc.ControllerHost;
import picocli.CommandLine.Option;

/** `juju bootstrap`. */
final class BootstrapCommand extends Command {
    private static final int LIMIT_SECONDS = 1200;
    private static final String USER = "admin";

    @Option(
            names = {"-d", "--add-model"},
            paramLabel = "NAME",
            description = "Name of an initial model to create on the new controller")
    String addModel;

    @Option(names = "--no-default-model", description = "Make no initial model beside the controller's own")
    boolean noDefaultModel;

    @Option(
            names = "--config",
            paramLabel = "CONFIG",
            description =
                    "Specify a controller or model configuration file, or one or more options (--config config.yaml [--config key=value ...])")
    List<String> config = new ArrayList<>();

    @Option(
            names = "--model-default",
            paramLabel = "CONFIG",
            description = "Specify a configuration file, or one or more configuration options to be set for all models")
    List<String> modelDefault = new ArrayList<>();

    @Option(names = "--credential", paramLabel = "NAME", description = "Credentials to use when bootstrapping")
    String credential;

    @Option(names = "--constraints", paramLabel = "CONSTRAINTS", description = "Set model constraints")
    List<String> constraints = new ArrayList<>();

    @Option(
            names = "--bootstrap-constraints",
            paramLabel = "CONSTRAINTS",
            description = "Specify bootstrap machine constraints")
    List<String> bootstrapConstraints = new ArrayList<>();

    @Option(names = "--no-switch", description = "Do not switch to the newly created controller")
    boolean noSwitch;

    @Option(
            names = "--clouds",
            description = "Print the available clouds which can be used to bootstrap a Juju environment")
    boolean clouds;

    @Option(
            names = "--regions",
            paramLabel = "CLOUD",
            description = "Print the available regions for the specified cloud")
    String regions;

    @Option(names = "--isolated", description = "Start the controller in a process of its own")
    boolean isolated;

    @Override
    int run(Session session) throws IOException {
        noMoreThan(2);
        Clouds known = new Clouds(session);
        if (clouds) {
            session.print("You can bootstrap on these clouds. See '--regions <cloud>' for all regions.");
            known.names().forEach(session::print);
            return 0;
        }
        if (regions != null) {
            known.get(regions).regions().forEach(r -> session.print(r.name()));
            return 0;
        }
        String place = args.isEmpty() ? "localhost" : args.get(0);
        int slash = place.indexOf('/');
        CloudRecord cloud = known.get(slash < 0 ? place : place.substring(0, slash));
        String region = region(cloud, slash < 0 ? null : place.substring(slash + 1));
        String name =
                args.size() > 1 ? args.get(1) : cloud.name() + (region == null || region.isEmpty() ? "" : "-" + region);
        if (!name.matches("[a-zA-Z0-9][a-zA-Z0-9._@-]*")) {
            throw Failure.usage("controller name \"%s\" not valid", name);
        }
        if (session.data().controllers().containsKey(name)) {
            throw Failure.of("controller \"%s\" already exists", name);
        }
        if (isolated) {
            return new IsolatedContainer(session, name).bootstrap();
        }
        if (addModel != null && noDefaultModel) {
            throw Failure.usage("--add-model and --no-default-model cannot be specified together");
        }
        String model = noDefaultModel ? null : addModel == null ? "default" : addModel;
        if (model != null && (!Names.isModel(model) || model.equals("controller"))) {
            throw Failure.usage("\"%s\" is not a valid name for the initial model", model);
        }
        ControllerHost host = session.doors().host();
        if (host == null) {
            throw Failure.of("a controller can be made only inside a container");
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        Map<String, Object> modelSettings = new LinkedHashMap<>(Settings.read(session, modelDefault));
        Settings.read(session, config)
                .forEach((key, value) ->
                        (ControllerSettings.KEYS.contains(key) ? settings : modelSettings).put(key, value));
        // A controller whose password cannot be kept would be nobody's.
        session.data().needWritable();
        String password = password();
        session.info(
                "Creating Juju controller \"%s\" on %s",
                name, region == null ? cloud.name() : cloud.name() + "/" + region);
        ControllerHost.Bootstrapped made = Api.await(
                host.bootstrap(
                        new ControllerHost.Bootstrap(
                                name,
                                cloud,
                                region,
                                credential(session, cloud),
                                model,
                                USER,
                                password,
                                Constraints.parse(String.join(" ", bootstrapConstraints)),
                                settings,
                                modelSettings),
                        line -> session.info("%s", line)),
                LIMIT_SECONDS);
        try {
            remember(session.data(), made, cloud, region, password, model);
        } catch (Failure failure) {
            session.info("Removing the controller again");
            undo(
                    session,
                    () -> Api.await(host.remove(made.uuid(), true, line -> session.info("%s", line)), LIMIT_SECONDS));
            // What could be written of it would only hold its name.
            undo(session, () -> session.data().removeController(made.name()));
            throw failure;
        }
        // The first connection to each model shows that the controller answers.
        made.models().forEach((qualified, uuid) -> session.api(new Target(made.name(), qualified, uuid)));
        String words = String.join(" ", constraints);
        if (!words.isEmpty() && model != null) {
            session.api(session.find(session.controller(made.name()), USER + "/" + model))
                    .call(
                            "ModelConfig",
                            "SetModelConstraints",
                            Map.of("application", "", "constraints", ConstraintWords.wire(Constraints.parse(words))));
        }
        session.info("Bootstrap complete, controller \"%s\" is now available", made.name());
        session.info("Controller machines are in the \"controller\" model");
        if (model != null) {
            session.info("Initial model \"%s\" added", model);
        } else {
            session.info(
                    "\nNow you can run\n\tjuju add-model <model-name>\nto create a new model to deploy workloads.");
        }
        return 0;
    }

    /** What went wrong first is what the command ends with; that its undoing failed too is said before. */
    private static void undo(Session session, Runnable step) {
        try {
            step.run();
        } catch (Failure | Refused failure) {
            session.warn("%s", failure.getMessage());
        }
    }

    private void remember(
            Data data,
            ControllerHost.Bootstrapped made,
            CloudRecord cloud,
            String region,
            String password,
            String model) {
        data.putController(new Data.Controller(
                made.name(),
                made.uuid(),
                made.apiAddresses(),
                made.caCert(),
                cloud.name(),
                region,
                cloud.type(),
                made.agentVersion()));
        data.putAccount(made.name(), new Data.Account(USER, password, "superuser"));
        made.models().forEach((qualified, uuid) -> data.putModel(made.name(), qualified, uuid));
        data.setCurrentModel(made.name(), USER + "/" + (model == null ? "controller" : model));
        if (!noSwitch) {
            data.setCurrentController(made.name());
        }
    }

    private static String region(CloudRecord cloud, String wanted) {
        List<String> names =
                cloud.regions().stream().map(CloudRecord.Region::name).toList();
        if (wanted == null || wanted.isEmpty()) {
            return names.isEmpty() ? null : names.get(0);
        }
        if (!names.isEmpty() && !names.contains(wanted)) {
            throw Failure.of(
                    "region \"%s\" for cloud \"%s\" not valid (available regions: %s)",
                    wanted, cloud.name(), String.join(", ", names));
        }
        return wanted;
    }

    private Credential credential(Session session, CloudRecord cloud) {
        Map<String, Object> all = session.data().credentials(cloud.name());
        String name = credential != null ? credential : session.data().defaultCredential(cloud.name());
        if (name == null) {
            if (cloud.authTypes().isEmpty() || cloud.authTypes().contains("empty")) {
                return null;
            }
            if (all.size() != 1) {
                throw Failure.of(
                        all.isEmpty()
                                ? "no credentials registered for cloud \"%s\": add one with \"juju add-credential\""
                                : "more than one credential is available for cloud \"%s\": choose one with --credential",
                        cloud.name());
            }
            name = all.keySet().iterator().next();
        }
        Map<String, Object> stored = Data.map(all.get(name));
        if (stored.isEmpty()) {
            throw Failure.of("credential \"%s\" not found for cloud \"%s\"", name, cloud.name());
        }
        return new Credential(
                cloud.name(),
                USER,
                name,
                String.valueOf(stored.getOrDefault("auth-type", "empty")),
                Credentials.attributes(stored),
                false);
    }

    private static String password() {
        byte[] bytes = new byte[18];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? new Clouds(session).names() : List.of();
    }

    /** Keys of `--config` that are the controller's. All others are the models'. */
    static final class ControllerSettings {
        static final Set<String> KEYS = Set.of(
                "agent-logfile-max-backups",
                "agent-logfile-max-size",
                "agent-ratelimit-max",
                "agent-ratelimit-rate",
                "allow-model-access",
                "api-bind-address",
                "api-port",
                "api-port-open-delay",
                "application-resource-download-limit",
                "audit-log-capture-args",
                "audit-log-exclude-methods",
                "audit-log-max-backups",
                "audit-log-max-size",
                "auditing-enabled",
                "autocert-dns-name",
                "autocert-url",
                "batch-raft-fsm",
                "charm-store-path",
                "controller-api-port",
                "controller-name",
                "controller-resource-download-limit",
                "features",
                "identity-public-key",
                "identity-url",
                "juju-db-snap-channel",
                "juju-ha-space",
                "juju-mgmt-space",
                "login-token-refresh-url",
                "max-agent-state-size",
                "max-charm-state-size",
                "max-debug-log-duration",
                "max-prune-txn-batch-size",
                "max-prune-txn-passes",
                "max-txn-log-size",
                "migration-agent-wait-time",
                "model-logfile-max-backups",
                "model-logfile-max-size",
                "model-logs-size",
                "mongo-memory-profile",
                "object-store-type",
                "prune-txn-query-count",
                "prune-txn-sleep-time",
                "public-dns-address",
                "query-tracing-enabled",
                "query-tracing-threshold",
                "set-numa-control-policy",
                "state-port",
                "statement-cache");

        private ControllerSettings() {}
    }
}
