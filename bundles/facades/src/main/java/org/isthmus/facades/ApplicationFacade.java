package org.isthmus.facades;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.charm.CharmOption;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.Lease;
import org.isthmus.model.Machine;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationApplication;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.ApplicationCalls;
import org.isthmus.wire.ApplicationCalls.*;
import org.isthmus.wire.Entities;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.Listing;
import org.isthmus.wire.OfferCalls;
import org.isthmus.wire.Results;
import org.isthmus.wire.WireBase;

/** Applications, their units and relations. */
@Facade(name = "Application", since = 15, until = 22)
final class ApplicationFacade {
    private final Deployments deployments;
    private final Consumption consumption = new Consumption();

    ApplicationFacade(CharmDepot depot) {
        this.deployments = new Deployments(depot);
    }

    private static CompletionStage<Object> nothing(CompletionStage<?> stage) {
        return stage.thenApply(value -> null);
    }

    // --- deploy and scale

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<ErrorResults> deploy(Call call, DeployAll params) {
        List<Deploy> deploys = params == null ? List.of() : params.applications();
        Deployments.few(deploys, ApplicationCalls.Deploy::numUnits);
        return Items.errors(call, deploys, deployments::deploy);
    }

    @Method(access = Access.MODEL_WRITE, mutates = true, since = 17)
    public CompletionStage<DeployedFromRepositoryAll> deployFromRepository(Call call, DeployFromRepositoryAll params) {
        List<DeployFromRepository> deploys = params == null ? List.of() : params.args();
        Deployments.few(deploys, DeployFromRepository::numUnits);
        return Items.each(call, deploys, deployments::fromRepository, (answer, error) -> answer)
                .thenApply(DeployedFromRepositoryAll::new);
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<AddedUnits> addUnits(Call call, ApplicationCalls.AddUnits params) {
        if (params.attachStorage() != null && !params.attachStorage().isEmpty()) {
            throw Problem.notFound("storage instance", params.attachStorage().get(0));
        }
        int count = params.numUnits() == null ? 1 : params.numUnits();
        if (count < 1) {
            throw Problem.notValid("must add at least one unit");
        }
        List<ApplicationEngine.Placement> placement = Wires.placement(params.placement());
        return call.controller()
                .applications()
                .call(engine -> call.submit(
                        AddedUnits.class,
                        tx -> new AddedUnits(engine.addUnits(
                                tx,
                                new ApplicationEngine.AddUnits(params.application(), count, placement, call.now())))));
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<Listing<Info<DestroyedUnit>>> destroyUnit(Call call, DestroyUnits params) {
        return Items.each(
                        call,
                        params == null ? List.<DestroyUnit>of() : params.units(),
                        (each, wire) -> {
                            String unit = Tag.idOf("unit", wire.unitTag());
                            return Deployments.both(
                                    each,
                                    (applications, relations) -> each.submit(DestroyedUnit.class, tx -> {
                                        boolean dry = wire.dryRun();
                                        Force force = Wires.force(wire.force(), wire.maxWait(), call);
                                        var gone = applications.destroyUnit(tx, unit, force, dry, call.now());
                                        if (force.isDue(call.now()) && !dry) {
                                            relations.forceOut(tx, unit);
                                        }
                                        return new DestroyedUnit(List.of(), storage(gone.storage()));
                                    }));
                        },
                        (done, error) -> new Info<>(done, error))
                .thenApply(Listing::new);
    }

    private static List<Entities.Entity> storage(List<String> ids) {
        return ids == null
                ? List.of()
                : ids.stream()
                        .map(id -> new Entities.Entity("storage-" + id.replace('/', '-')))
                        .toList();
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<Listing<Info<DestroyedApplication>>> destroyApplication(
            Call call, DestroyApplications params) {
        return Items.each(
                        call,
                        params == null ? List.<DestroyApplication>of() : params.applications(),
                        (each, wire) -> {
                            String name = Tag.idOf("application", wire.applicationTag());
                            return Deployments.both(
                                    each,
                                    (applications, relations) -> each.submit(DestroyedApplication.class, tx -> {
                                        Force force = Wires.force(wire.force(), wire.maxWait(), call);
                                        var gone = applications.destroyApplication(
                                                tx, name, force, wire.dryRun(), call.now());
                                        if (!wire.dryRun()) {
                                            // Its relations go with it, in the same commit; peers with its last unit.
                                            for (Relation relation :
                                                    tx.now().listBy(Kinds.RELATIONS_BY_APPLICATION, name)) {
                                                if (!relation.isPeer()) {
                                                    relations.destroyRelation(tx, relation.number(), force, call.now());
                                                }
                                            }
                                        }
                                        return new DestroyedApplication(
                                                List.of(),
                                                storage(gone.storage()),
                                                gone.units().stream()
                                                        .map(u -> new Entities.Entity(
                                                                Tag.unit(u).toString()))
                                                        .toList());
                                    }));
                        },
                        (done, error) -> new Info<>(done, error))
                .thenApply(Listing::new);
    }

    // --- relations

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<AddedRelation> addRelation(Call call, ApplicationCalls.AddRelation params) {
        List<String> endpoints = params.endpoints() == null ? List.of() : params.endpoints();
        List<String> via = params.viaCidrs() == null ? List.of() : params.viaCidrs();
        return call.controller()
                .relations()
                .call(engine -> call.submit(AddedRelation.class, tx -> {
                    Map<String, Endpoint> added = new TreeMap<>();
                    engine.addRelation(tx, endpoints, via, call.now())
                            .endpoints()
                            .forEach((application, endpoint) -> added.put(application, Wires.endpoint(endpoint)));
                    if (added.keySet().stream().anyMatch(name -> tx.now().has(Kinds.REMOTE_APPLICATION, name))) {
                        Features.needCrossModel(call);
                    }
                    return new AddedRelation(added);
                }));
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<Object> destroyRelation(Call call, ApplicationCalls.DestroyRelation params) {
        return nothing(call.controller()
                .relations()
                .call(engine -> call.submit(tx -> {
                    boolean byWords =
                            params.endpoints() != null && !params.endpoints().isEmpty();
                    int relation = byWords ? engine.find(tx.now(), params.endpoints()) : number(params.relationId());
                    Force force = Wires.force(params.force(), params.maxWait(), call);
                    engine.destroyRelation(tx, relation, force, call.now());
                    return null;
                })));
    }

    private static int number(Integer relation) {
        if (relation == null) {
            throw Problem.notValid("no relation specified");
        }
        return relation;
    }

    // --- settings

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<ErrorResults> setConfigs(Call call, SetConfigs params) {
        return Items.errors(call, params == null ? List.<SetConfig>of() : params.args(), (each, arg) -> {
            Map<String, Object> values = new LinkedHashMap<>(ConfigYaml.read(arg.application(), arg.configYaml()));
            if (arg.config() != null) {
                values.putAll(arg.config());
            }
            List<String> reset = new ArrayList<>();
            values.forEach((key, value) -> {
                if (value == null) {
                    reset.add(key);
                }
            });
            values.keySet().removeAll(reset);
            return configure(each, arg.application(), values, reset);
        });
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<ErrorResults> unsetApplicationsConfig(Call call, UnsetConfigs params) {
        return Items.errors(
                call,
                params == null ? List.<UnsetConfig>of() : params.args(),
                (each, arg) -> configure(
                        each, arg.application(), Map.of(), arg.options() == null ? List.of() : arg.options()));
    }

    private static CompletionStage<Object> configure(
            Call call, String application, Map<String, Object> set, List<String> reset) {
        return call.controller()
                .applications()
                .call(engine -> call.submit(tx -> {
                    engine.configure(tx, application, set, reset);
                    return null;
                }));
    }

    private static Map<String, Object> charmConfig(
            Snapshot model, Application application, Map<String, Object> effective) {
        CharmRecord charm = model.need(Kinds.CHARM, application.charmUrl());
        Map<String, Object> config = new TreeMap<>();
        for (CharmOption option : charm.charm().config().values()) {
            Map<String, Object> shown = new TreeMap<>();
            boolean set = application.settings().containsKey(option.name());
            Object value = effective.get(option.name());
            shown.put("description", Wires.orEmpty(option.description()));
            shown.put("type", option.type());
            if (option.defaultValue() != null) {
                shown.put("default", option.defaultValue());
            }
            shown.put("source", set ? "user" : option.defaultValue() == null ? "unset" : "default");
            if (value != null) {
                shown.put("value", value);
            }
            config.put(option.name(), shown);
        }
        return config;
    }

    private static Map<String, Object> applicationConfig(Application application) {
        Map<String, Object> trust = new TreeMap<>();
        trust.put("type", "bool");
        trust.put("default", false);
        trust.put("description", "Does this application have access to trusted credentials");
        trust.put("source", application.trust() ? "user" : "default");
        trust.put("value", application.trust());
        return Map.of("trust", trust);
    }

    @Method(access = Access.MODEL_READ)
    public CompletionStage<Get> get(Call call, Name params) {
        Snapshot model = call.model().snapshot();
        Application application = model.need(Kinds.APPLICATION, params.application());
        CharmRecord charm = model.need(Kinds.CHARM, application.charmUrl());
        return call.controller()
                .applications()
                .call(engine -> CompletableFuture.completedFuture(new Get(
                        application.name(),
                        charm.name(),
                        charmConfig(model, application, engine.effectiveConfig(model, application.name())),
                        applicationConfig(application),
                        Wires.constraints(application.constraints()),
                        application.origin() == null
                                ? null
                                : WireBase.of(application.origin().base()),
                        "",
                        Wires.channel(application.origin()),
                        StatusReport.bindings(application, charm))));
    }

    private static <T> CompletionStage<Listing<ConfigResult>> configs(
            Call call, List<T> items, Function<T, String> application) {
        Snapshot model = call.model().snapshot();
        return call.controller()
                .applications()
                .call(engine -> CompletableFuture.completedFuture(new Listing<>(Items.read(
                        items,
                        item -> {
                            String name = application.apply(item);
                            return charmConfig(
                                    model, model.need(Kinds.APPLICATION, name), engine.effectiveConfig(model, name));
                        },
                        (config, error) -> new ConfigResult(config, error)))));
    }

    @Method(access = Access.MODEL_READ)
    public CompletionStage<Listing<ConfigResult>> getConfig(Call call, Entities params) {
        return configs(
                call,
                params == null ? List.<Entities.Entity>of() : params.entities(),
                entity -> Tag.idOf("application", entity.tag()));
    }

    @Method(access = Access.MODEL_READ)
    public CompletionStage<Listing<ConfigResult>> charmConfig(Call call, ApplicationCalls.Names params) {
        return configs(call, params == null ? List.<Name>of() : params.args(), Name::application);
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<Object> setConstraints(Call call, ApplicationCalls.SetConstraints params) {
        var constraints = Wires.constraints(params.constraints());
        return call.controller()
                .applications()
                .call(engine -> call.submit(tx -> {
                    engine.setConstraints(tx, params.application(), constraints);
                    return null;
                }));
    }

    @Method(access = Access.MODEL_READ)
    public Listing<ConstraintsResult> getConstraints(Call call, Entities params) {
        Snapshot model = call.model().snapshot();
        return new Listing<>(Items.read(
                params == null ? List.<Entities.Entity>of() : params.entities(),
                e -> Wires.constraints(model.need(Kinds.APPLICATION, Tag.idOf("application", e.tag()))
                        .constraints()),
                (constraints, error) -> new ConstraintsResult(constraints, error)));
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<Object> expose(Call call, Expose params) {
        return call.controller()
                .applications()
                .call(engine -> call.submit(tx -> {
                    engine.expose(tx, params.application(), Wires.exposed(params.exposedEndpoints()));
                    return null;
                }));
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<Object> unexpose(Call call, Unexpose params) {
        List<String> endpoints = params.exposedEndpoints() == null ? List.of() : params.exposedEndpoints();
        return call.controller()
                .applications()
                .call(engine -> call.submit(tx -> {
                    engine.unexpose(tx, params.application(), endpoints);
                    return null;
                }));
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<ErrorResults> resolveUnitErrors(Call call, Resolve params) {
        if (params != null && params.all()) {
            return resolveAll(call, params.retry());
        }
        List<Entities.Entity> units = params == null || params.tags() == null
                ? List.of()
                : params.tags().entities();
        return Items.errors(call, units, (each, entity) -> {
            String unit = Tag.idOf("unit", entity.tag());
            return each.controller()
                    .applications()
                    .call(engine -> each.submit(tx -> {
                        engine.resolve(tx, unit, params.retry());
                        return null;
                    }));
        });
    }

    private static CompletionStage<ErrorResults> resolveAll(Call call, boolean retry) {
        return call.controller()
                .applications()
                .call(engine -> call.submit(ErrorResults.class, tx -> {
                    List<ErrorResults.ErrorResult> resolved = new ArrayList<>();
                    for (Unit unit : tx.now().all(Kinds.UNIT)) {
                        boolean failed = unit.agentStatus() != null
                                && unit.agentStatus().status().equals("error");
                        if (failed && unit.resolved() == null) {
                            engine.resolve(tx, unit.name(), retry);
                            resolved.add(new ErrorResults.ErrorResult(null));
                        }
                    }
                    return new ErrorResults(resolved);
                }));
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<ErrorResults> mergeBindings(Call call, MergeBindings params) {
        Snapshot model = call.model().snapshot();
        return Items.errors(params == null ? List.<MergeBinding>of() : params.args(), arg -> {
            model.need(Kinds.APPLICATION, Tag.idOf("application", arg.applicationTag()));
            Deployments.checkBindings(arg.bindings() == null ? Map.of() : arg.bindings());
            return CompletableFuture.completedFuture(null);
        });
    }

    // --- what there is

    @Method(access = Access.MODEL_READ)
    public Results<ApplicationInfo> applicationsInfo(Call call, Entities params) {
        Snapshot model = call.model().snapshot();
        return Items.readResults(params == null ? List.<Entities.Entity>of() : params.entities(), entity -> {
            Application application = model.need(Kinds.APPLICATION, Tag.idOf("application", entity.tag()));
            CharmRecord charm = model.get(Kinds.CHARM, application.charmUrl());
            return new ApplicationInfo(
                    entity.tag(),
                    charm == null ? application.charmUrl() : charm.name(),
                    application.origin() == null
                            ? null
                            : WireBase.of(application.origin().base()),
                    Wires.channel(application.origin()),
                    Wires.constraints(application.constraints()),
                    !application.subordinate(),
                    application.exposed(),
                    false,
                    application.life().word(),
                    StatusReport.bindings(application, charm),
                    Wires.exposedWire(application.exposedEndpoints()));
        });
    }

    @Method(access = Access.MODEL_READ)
    public Results<UnitInfo> unitsInfo(Call call, Entities params) {
        Snapshot model = call.model().snapshot();
        return new Results<>(Items.spread(
                params == null ? List.<Entities.Entity>of() : params.entities(),
                entity -> {
                    Tag tag = Tag.parse(entity.tag());
                    List<Results.Result<UnitInfo>> infos = new ArrayList<>();
                    if (tag.kind().equals("application")) {
                        model.by(Kinds.UNITS_BY_APPLICATION, tag.id())
                                .forEach(u -> infos.add(new Results.Result<>(unitInfo(model, u.name()), null)));
                    } else {
                        infos.add(new Results.Result<>(unitInfo(model, Tag.idOf("unit", entity.tag())), null));
                    }
                    return infos;
                },
                (entity, error) -> new Results.Result<>(null, error)));
    }

    private static UnitInfo unitInfo(Snapshot model, String name) {
        Unit unit = model.need(Kinds.UNIT, name);
        Application application = model.need(Kinds.APPLICATION, unit.application());
        Statuses statuses = new Statuses(model);
        Machine machine = statuses.machineOf(unit);
        List<RelationData> relations = new ArrayList<>();
        for (Relation relation : model.by(Kinds.RELATIONS_BY_APPLICATION, unit.application())) {
            relations.add(relationData(model, relation, unit));
        }
        return new UnitInfo(
                Tag.unit(name).toString(),
                Wires.orEmpty(unit.workloadVersion()),
                machine == null ? "" : machine.id(),
                StatusReport.ports(unit),
                Wires.publicAddress(machine),
                unit.charmUrl() == null ? application.charmUrl() : unit.charmUrl(),
                statuses.isLeader(unit),
                unit.life().word(),
                relations,
                "",
                Wires.privateAddress(machine));
    }

    private static RelationData relationData(Snapshot model, Relation relation, Unit unit) {
        Relation.Endpoint mine = relation.endpointOf(unit.application());
        Relation.Endpoint other = relation.counterpartOf(unit.application());
        RelationApplication settings =
                model.get(Kinds.RELATION_APPLICATION, RelationApplication.idOf(relation.number(), other.application()));
        Map<String, UnitRelationData> units = new TreeMap<>(org.isthmus.api.Names.NATURAL);
        for (RelationUnit member : model.by(Kinds.RELATION_UNITS_BY_RELATION, Integer.toString(relation.number()))) {
            if (member.unit().equals(unit.name())
                    || org.isthmus.api.Names.applicationOf(member.unit()).equals(other.application())) {
                units.put(member.unit(), new UnitRelationData(member.inScope(), new TreeMap<>(member.settings())));
            }
        }
        return new RelationData(
                relation.number(),
                mine.name(),
                model.has(Kinds.REMOTE_APPLICATION, other.application()),
                other.name(),
                settings == null ? Map.of() : new TreeMap<>(settings.settings()),
                units);
    }

    @Method(access = Access.MODEL_READ)
    public CharmRelations charmRelations(Call call, Name params) {
        Snapshot model = call.model().snapshot();
        Application application = model.need(Kinds.APPLICATION, params.application());
        CharmRecord charm = model.need(Kinds.CHARM, application.charmUrl());
        List<String> names =
                new ArrayList<>(charm.charm().metadata().endpoints().keySet());
        names.add("juju-info");
        return new CharmRelations(names);
    }

    @Method(access = Access.MODEL_READ)
    public StringResult leader(Call call, Entities.Entity params) {
        Snapshot model = call.model().snapshot();
        String application = Tag.idOf("application", params.tag());
        model.need(Kinds.APPLICATION, application);
        Lease lease = model.get(Kinds.LEASE, application);
        if (lease == null || lease.holder() == null) {
            throw Problem.refuse(Code.NOT_FOUND, "could not determine leader for \"%s\"", application);
        }
        return new StringResult(lease.holder(), null);
    }

    @Method(access = Access.MODEL_READ, name = "GetCharmURLOrigin")
    public CharmUrlOrigin getCharmUrlOrigin(Call call, Name params) {
        Application application = call.model().snapshot().need(Kinds.APPLICATION, params.application());
        return new CharmUrlOrigin(application.charmUrl(), Wires.origin(application.origin()), null);
    }

    // --- relations across models

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<ErrorResults> consume(Call call, OfferCalls.ConsumeArgs params) {
        return consumption.consume(call, params == null ? null : params.args());
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<ErrorResults> destroyConsumedApplications(Call call, OfferCalls.DestroyConsumed params) {
        return consumption.destroy(call, params == null ? null : params.applications());
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<ErrorResults> setRelationsSuspended(Call call, OfferCalls.SuspendArgs params) {
        return consumption.suspend(call, params == null ? null : params.args());
    }
}
