package org.isthmus.facades;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.isthmus.api.Base;
import org.isthmus.api.Code;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Product;
import org.isthmus.charm.CharmNeeds;
import org.isthmus.model.Application.CharmOrigin;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.rpc.Call;
import org.isthmus.wire.ApplicationCalls;
import org.isthmus.wire.ApplicationCalls.DeployFromRepository;
import org.isthmus.wire.ApplicationCalls.DeployedFromRepository;
import org.isthmus.wire.ApplicationCalls.DeployedInfo;
import org.isthmus.wire.WireBase;

/** The two ways an application is deployed: by a charm that the model knows, or by a name that the sources know. */
final class Deployments {
    private static final String ARCHITECTURE = "amd64";

    private final CharmDepot depot;

    Deployments(CharmDepot depot) {
        this.depot = depot;
    }

    /** Both engines, held until the stage completes. */
    static <R> CompletionStage<R> both(
            Call call, BiFunction<ApplicationEngine, RelationEngine, CompletionStage<R>> function) {
        return call.controller().applications().call(applications -> call.controller()
                .relations()
                .call(relations -> function.apply(applications, relations)));
    }

    /** Refuses a call that wants more units than one may add at a time, however it divides them. */
    static <T> void few(List<T> deploys, Function<T, Integer> units) {
        long all = 0;
        for (T deploy : deploys) {
            Integer wanted = deploy == null ? null : units.apply(deploy);
            all += wanted == null ? 1 : Math.max(0, wanted);
        }
        if (all > ApplicationEngine.MOST_AT_A_TIME) {
            throw Problem.notValid(
                    "cannot add more than %d units at a time: %d", ApplicationEngine.MOST_AT_A_TIME, all);
        }
    }

    CompletionStage<Object> deploy(Call call, ApplicationCalls.Deploy wire) {
        CharmRecord charm = call.model().snapshot().need(Kinds.CHARM, wire.charmUrl());
        String name = wire.application() == null || wire.application().isEmpty() ? charm.name() : wire.application();
        refuseStorage(wire.attachStorage());
        Map<String, Object> config = config(name, wire.config(), wire.configYaml());
        CharmOrigin given = Wires.origin(wire.charmOrigin());
        CharmOrigin origin = new CharmOrigin(
                charm.source(),
                given == null ? null : given.charmHubId(),
                given == null || given.hash() == null ? charm.sha256() : given.hash(),
                given == null || charm.source().equals("local") ? null : given.risk(),
                charm.revision(),
                given == null || charm.source().equals("local") ? null : given.track(),
                given == null ? null : given.branch(),
                given == null || given.architecture() == null ? ARCHITECTURE : given.architecture(),
                base(call, given == null ? null : given.base(), charm, wire.force()));
        return submit(
                call,
                new ApplicationEngine.Deploy(
                        name,
                        charm.url(),
                        origin,
                        wire.numUnits() == null ? 0 : wire.numUnits(),
                        config,
                        Wires.constraints(wire.constraints()),
                        Wires.placement(wire.placement()),
                        wire.endpointBindings() == null ? Map.of() : wire.endpointBindings(),
                        false,
                        UUID.randomUUID().toString(),
                        call.now()),
                Object.class,
                null);
    }

    private static <R> CompletionStage<R> submit(Call call, ApplicationEngine.Deploy deploy, Class<R> type, R answer) {
        checkBindings(deploy.bindings());
        return both(
                call,
                (applications, relations) -> call.submit(type, tx -> {
                    applications.deploy(tx, deploy);
                    relations.addPeers(tx, deploy.name(), deploy.now());
                    return answer;
                }));
    }

    private static Base base(Call call, Base asked, CharmRecord charm, boolean force) {
        Snapshot model = call.model().snapshot();
        if (!force) {
            needWhatItNeeds(charm, model.model().agentVersion());
        }
        return Bases.choose(asked, charm.charm(), model.model().config().get("default-base"), force);
    }

    private static void needWhatItNeeds(CharmRecord charm, String version) {
        List<String> unmet = new CharmNeeds(version == null ? Product.AGENT_VERSION : version)
                .unmet(charm.charm().metadata());
        if (!unmet.isEmpty()) {
            throw Problem.refuse(
                    Code.NOT_SUPPORTED,
                    "charm \"%s\" cannot be deployed here: %s",
                    charm.name(),
                    String.join("; ", unmet));
        }
    }

    /** There is one space; naming it changes nothing, naming another is an error. */
    static void checkBindings(Map<String, String> bindings) {
        for (String space : bindings.values()) {
            if (space != null && !space.isEmpty() && !space.equals(Wires.ALPHA) && !space.equals("0")) {
                throw Problem.notFound("space", space);
            }
        }
    }

    private static void refuseStorage(List<String> attach) {
        if (attach != null && !attach.isEmpty()) {
            throw Problem.notFound("storage instance", attach.get(0));
        }
    }

    /** What the YAML says, overruled by what is given key by key. */
    static Map<String, Object> config(String application, Map<String, Object> values, String yaml) {
        Map<String, Object> config = new LinkedHashMap<>(ConfigYaml.read(application, yaml));
        if (values != null) {
            config.putAll(values);
        }
        config.values().removeIf(v -> v == null);
        return config;
    }

    CompletionStage<DeployedFromRepository> fromRepository(Call call, DeployFromRepository wire) {
        CompletionStage<DeployedFromRepository> stage;
        try {
            stage = resolve(call, wire);
        } catch (RuntimeException refused) {
            stage = CompletableFuture.failedFuture(refused);
        }
        return stage.exceptionally(failure -> new DeployedFromRepository(
                List.of(Items.error(failure)), new DeployedInfo("", null, "", "", "", 0), List.of()));
    }

    private CompletionStage<DeployedFromRepository> resolve(Call call, DeployFromRepository wire) {
        CharmReference reference = CharmReference.parse(wire.charmName());
        int revision = wire.revision() != null && wire.revision() >= 0 ? wire.revision() : reference.revision();
        String name = wire.applicationName() == null || wire.applicationName().isEmpty()
                ? reference.name()
                : wire.applicationName();
        if (!Names.isApplication(name)) {
            throw Problem.notValid("invalid application name \"%s\"", name);
        }
        refuseStorage(wire.attachStorage());
        Map<String, Object> config = config(name, null, wire.configYaml());
        String channel = Wires.orEmpty(wire.channel());
        CompletionStage<CharmDepot.Obtained> obtained = wire.dryRun()
                ? depot.fetch(call, reference.name(), channel, revision)
                : depot.obtain(call, reference.name(), channel, revision);
        return obtained.thenCompose(o -> {
            CharmRecord charm = o.record();
            String effective =
                    o.found().channel() == null || o.found().channel().isEmpty()
                            ? (channel.isEmpty() ? "stable" : channel)
                            : o.found().channel();
            Base base = base(call, WireBase.base(wire.base()), charm, wire.force());
            DeployedFromRepository answer = new DeployedFromRepository(
                    List.of(),
                    new DeployedInfo(
                            ARCHITECTURE, WireBase.of(base), channel, effective, charm.name(), charm.revision()),
                    List.of());
            if (wire.dryRun()) {
                return CompletableFuture.completedFuture(answer);
            }
            boolean store = !charm.source().equals("local");
            List<String> parts = new ArrayList<>(List.of(effective.split("/")));
            CharmOrigin origin = new CharmOrigin(
                    charm.source(),
                    null,
                    charm.sha256(),
                    store ? (parts.size() > 1 ? parts.get(1) : parts.get(0)) : null,
                    charm.revision(),
                    store && parts.size() > 1 ? parts.get(0) : null,
                    null,
                    ARCHITECTURE,
                    base);
            int units = charm.charm().metadata().subordinate()
                    ? (wire.numUnits() == null || wire.numUnits() == 1 ? 0 : wire.numUnits())
                    : (wire.numUnits() == null ? 1 : wire.numUnits());
            return submit(
                    call,
                    new ApplicationEngine.Deploy(
                            name,
                            charm.url(),
                            origin,
                            units,
                            config,
                            Wires.constraints(wire.cons()),
                            Wires.placement(wire.placement()),
                            wire.endpointBindings() == null ? Map.of() : wire.endpointBindings(),
                            wire.trust(),
                            UUID.randomUUID().toString(),
                            call.now()),
                    DeployedFromRepository.class,
                    answer);
        });
    }
}
