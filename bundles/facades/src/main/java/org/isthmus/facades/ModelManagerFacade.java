package org.isthmus.facades;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Controller;
import org.isthmus.model.Credential;
import org.isthmus.model.Kinds;
import org.isthmus.model.LastConnection;
import org.isthmus.model.ModelEntry;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Summary;
import org.isthmus.model.User;
import org.isthmus.model.engine.ModelEngine.Setting;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.Entities;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.Listing;
import org.isthmus.wire.ModelCalls.*;
import org.isthmus.wire.Results;

/** The models of a controller. */
@Facade(name = "ModelManager", since = 9, until = 10, scope = Facade.Scope.CONTROLLER)
final class ModelManagerFacade {

    @Method(access = Access.CHECKED_INSIDE, mutates = true)
    public CompletionStage<ModelInfo> createModel(Call call, CreateModel params) {
        return Models.create(call, params);
    }

    /** Summaries the caller may see, those of `user` or, with `all` for a superuser, of everybody. */
    static List<Summary> visible(Call call, String user, boolean all) {
        Snapshot controller = call.controller().store().controller().snapshot();
        Checks.needSelfOr(controller, call, user);
        boolean every = all && Checks.superuser(controller, call);
        List<Summary> visible = new ArrayList<>();
        for (Summary summary : call.controller().store().summaries()) {
            ModelEntry entry = controller.get(Kinds.MODEL_ENTRY, summary.uuid());
            boolean unfinished = entry != null && entry.state().equals("creating");
            if (!unfinished && (every || summary.access().containsKey(user))) {
                visible.add(summary);
            }
        }
        visible.sort(Comparator.comparing(s -> s.owner() + "/" + s.name(), Names.NATURAL));
        return visible;
    }

    private static String userOf(Call call, String tag) {
        return tag == null || tag.isEmpty() ? call.caller().user() : Checks.user(tag);
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Results<ModelSummary> listModelSummaries(Call call, ListSummaries params) {
        String user = userOf(call, params == null ? null : params.userTag());
        Controller controller =
                call.controller().store().controller().snapshot().controller();
        List<Results.Result<ModelSummary>> results = new ArrayList<>();
        for (Summary summary : visible(call, user, params != null && params.all())) {
            results.add(new Results.Result<>(summary(call, controller, user, summary), null));
        }
        return new Results<>(results);
    }

    private static ModelSummary summary(Call call, Controller controller, String user, Summary summary) {
        List<Count> counts = List.of(
                new Count("machines", summary.machines()),
                new Count("cores", summary.cores()),
                new Count("units", summary.units()));
        String access = summary.access().get(user);
        return new ModelSummary(
                summary.name(),
                summary.uuid(),
                summary.type(),
                call.controller().uuid(),
                summary.controllerModel(),
                summary.cloudType(),
                null,
                Tag.cloud(summary.cloud()).toString(),
                Wires.orEmpty(summary.region()),
                Wires.credentialTag(summary.credential()),
                Tag.user(summary.owner()).toString(),
                summary.life().word(),
                Wires.entityStatus(summary.status()),
                Wires.orEmpty(access),
                lastConnection(call, user, summary.uuid()),
                counts,
                null,
                new Sla("", ""),
                summary.agentVersion() == null && controller != null
                        ? controller.agentVersion()
                        : summary.agentVersion());
    }

    /** Known of models in memory only: nobody was in the others since the start. */
    private static Instant lastConnection(Call call, String user, String uuid) {
        return call.controller()
                .store()
                .loaded(uuid)
                .map(documents -> documents.snapshot().get(Kinds.LAST_CONNECTION, user))
                .map(LastConnection::when)
                .orElse(null);
    }

    @Method(access = Access.CHECKED_INSIDE)
    public UserModels listModels(Call call, Entities.Entity params) {
        return userModels(visible(call, userOf(call, params == null ? null : params.tag()), false));
    }

    static UserModels userModels(List<Summary> summaries) {
        return new UserModels(summaries.stream()
                .map(s -> new UserModel(
                        new Model(
                                s.name(),
                                s.uuid(),
                                s.type(),
                                Tag.user(s.owner()).toString()),
                        null))
                .toList());
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Results<ModelInfo> modelInfo(Call call, Entities params) {
        return Items.readResults(
                params == null ? List.<Entities.Entity>of() : params.entities(),
                e -> Models.info(call, Checks.model(call, e.tag()).snapshot()));
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Listing<ModelStatus> modelStatus(Call call, Entities params) {
        return status(call, params);
    }

    static Listing<ModelStatus> status(Call call, Entities params) {
        return new Listing<>(Items.read(
                params == null ? List.<Entities.Entity>of() : params.entities(),
                e -> {
                    Snapshot model = Checks.model(call, e.tag()).snapshot();
                    Checks.need(call, model, "admin");
                    ModelRecord record = model.model();
                    return new ModelStatus(
                            Tag.model(record.uuid()).toString(),
                            record.life().word(),
                            record.type(),
                            model.count(Kinds.MACHINE),
                            model.count(Kinds.APPLICATION),
                            model.count(Kinds.UNIT),
                            Tag.user(record.owner()).toString(),
                            Models.machines(model),
                            List.of(),
                            List.of(),
                            null);
                },
                (status, error) -> error == null
                        ? status
                        : new ModelStatus("", "", "", 0, 0, 0, "", List.of(), List.of(), List.of(), error)));
    }

    @Method(access = Access.CHECKED_INSIDE, mutates = true)
    public CompletionStage<ErrorResults> destroyModels(Call call, DestroyModels params) {
        return Items.errors(
                call,
                params == null ? List.<DestroyModel>of() : params.models(),
                (each, m) ->
                        Models.destroy(each, m.modelTag(), Models.force(m.force(), m.maxWait(), m.timeout(), each)));
    }

    @Method(access = Access.CHECKED_INSIDE, mutates = true)
    public CompletionStage<ErrorResults> modifyModelAccess(Call call, ModifyAccess params) {
        return Items.errors(call, params == null ? List.<ModifyAccessChange>of() : params.changes(), (each, change) -> {
            Documents model = Checks.model(call, change.modelTag());
            String name = Checks.user(change.userTag());
            String access = Wires.orEmpty(change.access());
            if (Checks.rank(access) == 0) {
                throw Problem.notValid("\"%s\" model access not valid", access);
            }
            User user = call.controller().store().controller().snapshot().get(Kinds.USER, name);
            boolean grant = "grant".equals(change.action());
            if (grant && user == null) {
                throw Problem.refuse(
                        Code.USER_NOT_FOUND, "could not grant model access: user \"%s\" does not exist locally", name);
            }
            if (!grant && !"revoke".equals(change.action())) {
                throw Problem.notValid("unknown action \"%s\"", change.action());
            }
            return call.controller()
                    .access()
                    .call(engine -> grant
                            ? each.submit(model, tx -> {
                                        Checks.needToChange(call, tx.now(), "admin");
                                        engine.grantModel(
                                                tx,
                                                name,
                                                user.displayName(),
                                                access,
                                                call.caller().user(),
                                                call.now());
                                        return null;
                                    })
                                    .thenCompose(done -> Checks.stillThere(call, engine, model, user))
                            : call.controller()
                                    .relations()
                                    .call(relations -> each.submit(model, tx -> {
                                        Checks.needToChange(call, tx.now(), "admin");
                                        engine.revokeModel(tx, name, access);
                                        // An admin of the model may consume all that it offers; without that the offer
                                        // itself must say so.
                                        new OfferFinder(call, engine, name).suspendRefused(tx, relations, call.now());
                                        return null;
                                    })));
        });
    }

    @Method(access = Access.CHECKED_INSIDE, mutates = true)
    public CompletionStage<ErrorResults> changeModelCredential(Call call, ChangeCredentials params) {
        return Items.errors(
                call, params == null ? List.<ChangeCredential>of() : params.modelCredentials(), (each, change) -> {
                    Documents model = Checks.model(call, change.modelTag());
                    Checks.needToChange(call, model.snapshot(), "admin");
                    String id = Wires.credentialId(change.credentialTag());
                    // Before it is looked for: whose it is, is in its name.
                    needMine(call, id);
                    return call.controller()
                            .models()
                            .call(engine -> each.submit(model, tx -> {
                                Checks.needToChange(call, tx.now(), "admin");
                                Credential credential = needMine(call, id);
                                if (credential.revoked()) {
                                    throw Problem.notValid("credential \"%s\" is revoked", credential.name());
                                }
                                if (!credential.cloud().equals(tx.now().model().cloud())) {
                                    throw Problem.notValid(
                                            "credential \"%s\" not valid for cloud \"%s\"",
                                            credential.name(), tx.now().model().cloud());
                                }
                                engine.setCredential(tx, id);
                                return null;
                            }));
                });
    }

    /** A credential as it is now. Whether others have one of that name is not told. */
    private static Credential needMine(Call call, String id) {
        if (id == null) {
            throw Problem.notValid("no credential specified");
        }
        Snapshot controller = call.controller().store().controller().snapshot();
        Checks.needSelfOr(controller, call, Credential.ownerOf(id));
        return controller.need(Kinds.CREDENTIAL, id);
    }

    @Method(access = Access.CHECKED_INSIDE)
    public CompletionStage<Listing<Defaults>> modelDefaultsForClouds(Call call, Entities params) {
        List<Entities.Entity> clouds = params == null ? List.of() : params.entities();
        Snapshot controller = call.controller().store().controller().snapshot();
        ModelRecord model = controllerModel(call);
        return call.controller()
                .models()
                .call(engine -> CompletableFuture.completedFuture(new Listing<>(Items.read(
                        clouds,
                        cloud -> {
                            controller.need(Kinds.CLOUD, Tag.idOf("cloud", cloud.tag()));
                            Map<String, Default> defaults = new TreeMap<>();
                            for (Setting setting : engine.settings(model)) {
                                defaults.put(setting.name(), new Default(setting.defaultValue(), null, List.of()));
                            }
                            return defaults;
                        },
                        (defaults, error) -> new Defaults(defaults == null ? Map.of() : defaults, error)))));
    }

    /** The record of the model in which the controller itself runs; schemas are asked with it. */
    static ModelRecord controllerModel(Call call) {
        return call.controller().store().summaries().stream()
                .filter(Summary::controllerModel)
                .findFirst()
                .flatMap(s -> call.controller().store().model(s.uuid()))
                .map(d -> d.snapshot().model())
                .orElseThrow(() -> Problem.notFound("model", "controller"));
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<ErrorResults> setModelDefaults(Call call, com.fasterxml.jackson.databind.JsonNode params) {
        return noDefaults(params);
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<ErrorResults> unsetModelDefaults(Call call, com.fasterxml.jackson.databind.JsonNode params) {
        return noDefaults(params);
    }

    private static CompletionStage<ErrorResults> noDefaults(com.fasterxml.jackson.databind.JsonNode params) {
        List<Object> items = new ArrayList<>();
        if (params != null) {
            params.forEach(list -> list.forEach(items::add));
        }
        return Items.errors(
                items,
                item -> Items.refused(Problem.refuse(
                        Code.NOT_SUPPORTED,
                        "model defaults of a controller are not supported: set them on each model")));
    }
}
