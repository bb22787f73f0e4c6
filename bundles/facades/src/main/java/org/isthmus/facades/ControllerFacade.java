package org.isthmus.facades;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Product;
import org.isthmus.api.Tag;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
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
import org.isthmus.wire.ControllerCalls.*;
import org.isthmus.wire.Entities;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.Listing;
import org.isthmus.wire.ModelCalls;
import org.isthmus.wire.Results;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The controller as a whole. */
@Facade(name = "Controller", since = 11, until = 12, scope = Facade.Scope.CONTROLLER)
final class ControllerFacade {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerFacade.class);

    private static Snapshot controller(Call call) {
        return call.controller().store().controller().snapshot();
    }

    @Method(access = Access.CHECKED_INSIDE)
    public CompletionStage<Config> controllerConfig(Call call) {
        return call.controller().models().call(engine -> {
            Map<String, Object> config = new TreeMap<>();
            for (Setting setting : engine.controllerSettings(controller(call).controller())) {
                if (setting.value() != null) {
                    config.put(setting.name(), setting.value());
                }
            }
            config.put("controller-uuid", call.controller().uuid());
            config.put("controller-name", call.controller().name());
            config.put("ca-cert", call.controller().caCert());
            call.controller().apiAddresses().stream()
                    .findFirst()
                    .ifPresent(address -> config.putIfAbsent(
                            "api-port", Integer.valueOf(address.substring(address.lastIndexOf(':') + 1))));
            return CompletableFuture.completedFuture(new Config(config));
        });
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<Object> configSet(Call call, Config params) {
        Map<String, Object> config = params.config() == null ? Map.of() : params.config();
        return call.controller()
                .models()
                .call(engine -> call.submit(call.controller().store().controller(), tx -> {
                    Checks.needSuperuser(tx.now(), call);
                    engine.configureController(tx, config, List.of());
                    return null;
                }));
    }

    @Method(access = Access.CHECKED_INSIDE, name = "ControllerAPIInfoForModels")
    public Listing<ApiInfo> controllerApiInfoForModels(Call call, Entities params) {
        return new Listing<>(Items.read(
                params.entities(),
                e -> {
                    Checks.need(call, Checks.model(call, e.tag()).snapshot(), "read");
                    return new ApiInfo(
                            call.controller().apiAddresses(), call.controller().caCert(), null);
                },
                (info, error) -> error == null ? info : new ApiInfo(List.of(), "", error)));
    }

    @Method(access = Access.CONTROLLER_SUPERUSER)
    public ModelCalls.UserModels allModels(Call call) {
        return ModelManagerFacade.userModels(
                ModelManagerFacade.visible(call, call.caller().user(), true));
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Listing<ModelCalls.ModelStatus> modelStatus(Call call, Entities params) {
        return ModelManagerFacade.status(call, params);
    }

    @Method(access = Access.CONTROLLER_SUPERUSER)
    public HostedModels hostedModelConfigs(Call call) {
        List<HostedModelConfig> models = new ArrayList<>();
        for (Summary summary : hosted(call)) {
            ModelRecord record = call.controller()
                    .store()
                    .model(summary.uuid())
                    .map(d -> d.snapshot().model())
                    .orElse(null);
            if (record != null) {
                Map<String, Object> config = new TreeMap<>(record.config());
                config.put("name", record.name());
                config.put("uuid", record.uuid());
                config.put("type", record.cloudType());
                models.add(new HostedModelConfig(
                        record.name(),
                        Tag.user(record.owner()).toString(),
                        config,
                        Map.of(
                                "type",
                                record.cloudType(),
                                "name",
                                record.cloud(),
                                "region",
                                Wires.orEmpty(record.region())),
                        null));
            }
        }
        return new HostedModels(models);
    }

    private static List<Summary> hosted(Call call) {
        return call.controller().store().summaries().stream()
                .filter(s -> !s.controllerModel())
                .toList();
    }

    /**
     * Ends the controller in two steps, as its client waits for it: while there are hosted models, they begin to die if the
     * caller wants that; once none is left, the same call takes the controller down and the connection with it. With `force` and
     * no time for the models it goes at once.
     */
    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<Object> destroyController(Call call, Destroy params) {
        List<Summary> hosted = hosted(call);
        boolean now =
                params.force() && params.destroyModels() && params.modelTimeout() != null && params.modelTimeout() == 0;
        if (hosted.isEmpty() || now) {
            remove(call, now);
            return CompletableFuture.completedFuture(null);
        }
        if (!params.destroyModels()) {
            throw Problem.refuse(
                    Code.HAS_HOSTED_MODELS,
                    "failed to destroy model: hosting %d other model%s",
                    hosted.size(),
                    hosted.size() == 1 ? "" : "s");
        }
        Force force = Models.force(params.force(), params.maxWait(), params.modelTimeout(), call);
        return Items.errors(
                        hosted, s -> Models.destroy(call, Tag.model(s.uuid()).toString(), force))
                .thenApply(results -> {
                    results.results().stream()
                            .filter(r -> r.error() != null)
                            .findFirst()
                            .ifPresent(failed -> {
                                throw new org.isthmus.api.Refused(org.isthmus.rpc.Errors.problem(failed.error()));
                            });
                    return null;
                });
    }

    private static void remove(Call call, boolean force) {
        String uuid = call.controller().uuid();
        call.controller()
                .host()
                .remove(uuid, force, line -> LOG.info("controller {}: {}", uuid, line))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.error("controller {} could not be removed", uuid, failure);
                    }
                });
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Results<UserAccess> getControllerAccess(Call call, Entities params) {
        Snapshot controller = controller(call);
        return Items.readResults(params.entities(), e -> {
            String name = Checks.user(e.tag());
            Checks.needSelfOr(controller, call, name);
            User user = controller.get(Kinds.USER, name);
            if (user == null) {
                throw Problem.refuse(Code.USER_NOT_FOUND, "user \"%s\" not found", name);
            }
            return new UserAccess(Tag.user(name).toString(), Wires.orEmpty(user.access()));
        });
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<ErrorResults> modifyControllerAccess(Call call, ModelCalls.ModifyAccess params) {
        Documents documents = call.controller().store().controller();
        return Items.errors(call, params.changes(), (each, change) -> {
            String user = Checks.user(change.userTag());
            String access = Wires.orEmpty(change.access());
            if (!access.equals("login") && !access.equals("superuser")) {
                throw Problem.notValid("\"%s\" controller access not valid", access);
            }
            boolean grant = "grant".equals(change.action());
            if (!grant && !"revoke".equals(change.action())) {
                throw Problem.notValid("unknown action \"%s\"", change.action());
            }
            return call.controller()
                    .access()
                    .call(engine -> each.submit(documents, tx -> {
                        Checks.needSuperuser(tx.now(), call);
                        if (tx.get(Kinds.USER, user) == null) {
                            throw Problem.refuse(
                                    Code.USER_NOT_FOUND,
                                    "could not %s controller access: user \"%s\" does not exist",
                                    change.action(),
                                    user);
                        }
                        if (grant) {
                            engine.grantController(tx, user, access);
                        } else {
                            engine.revokeController(tx, user, access);
                        }
                        return null;
                    }));
        });
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Version controllerVersion(Call call) {
        return new Version(Product.SERVER_VERSION, "");
    }

    @Method(access = Access.CHECKED_INSIDE, name = "IdentityProviderURL")
    public Text identityProviderUrl(Call call) {
        return new Text("", null);
    }

    /** There is none; clients only show what they get. */
    @Method(access = Access.CHECKED_INSIDE)
    public Text mongoVersion(Call call) {
        return new Text("", null);
    }

    @Method(access = Access.CONTROLLER_SUPERUSER)
    public BlockedModels listBlockedModels(Call call) {
        return new BlockedModels(List.of());
    }

    record BlockedModels(List<Object> models) {}

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public Object removeBlocks(Call call) {
        return null;
    }
}
