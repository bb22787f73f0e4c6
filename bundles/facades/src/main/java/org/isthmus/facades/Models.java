package org.isthmus.facades;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;
import org.isthmus.api.Problem;
import org.isthmus.api.Product;
import org.isthmus.api.Tag;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Controller;
import org.isthmus.model.Credential;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.LastConnection;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelEntry;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.ModelUser;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ModelEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Store;
import org.isthmus.rpc.Call;
import org.isthmus.wire.ModelCalls;
import org.isthmus.wire.ModelCalls.CreateModel;
import org.isthmus.wire.ModelCalls.MachineInfo;
import org.isthmus.wire.ModelCalls.ModelInfo;
import org.isthmus.wire.ModelCalls.UserInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Making and ending models. Both touch two document sets, the controller's and the model's: a durable intent comes first, every
 * step may be repeated, and what a crash leaves half done is finished by the life-cycle reconciler.
 */
final class Models {
    private static final Logger LOG = LoggerFactory.getLogger(Models.class);

    /** Told at creation, and fixed by it: clients send them along with the settings. */
    private static final List<String> NOT_SETTINGS =
            List.of("name", "uuid", "type", "agent-version", "controller-uuid");

    private Models() {}

    // --- create

    static CompletionStage<ModelInfo> create(Call call, CreateModel wire) {
        Store store = call.controller().store();
        Snapshot controller = store.controller().snapshot();
        String owner = wire.ownerTag() == null || wire.ownerTag().isEmpty()
                ? call.caller().user()
                : Checks.user(wire.ownerTag());
        Checks.needSuperuser(controller, call);
        User user = controller.get(Kinds.USER, owner);
        if (user == null) {
            throw Problem.refuse(Code.USER_NOT_FOUND, "user \"%s\" not found", owner);
        }
        CloudRecord cloud = cloud(controller, wire.cloudTag());
        String region = region(controller.controller(), cloud, wire.region());
        String credential = credential(controller, cloud, owner, wire.credential());
        if (wire.name() == null || wire.name().isEmpty()) {
            throw Problem.notValid("a model needs a name");
        }
        String uuid = call.newUuid();
        Instant now = call.now();
        ModelRecord record = new ModelRecord(
                uuid,
                wire.name(),
                owner,
                "iaas",
                cloud.name(),
                cloud.type(),
                region,
                credential,
                Life.ALIVE,
                1,
                ModelRecord.Mode.ACTIVE,
                false,
                Map.of(),
                Constraints.NONE,
                Product.AGENT_VERSION,
                now,
                new StatusValue("available", "", now),
                false,
                null);
        Map<String, Object> config = new HashMap<>();
        if (wire.config() != null) {
            wire.config().forEach((key, value) -> {
                if (value != null && !NOT_SETTINGS.contains(key)) {
                    config.put(key, value);
                }
            });
        }
        return call.controller()
                .models()
                .call(models -> call.controller().access().call(access -> store.controller()
                        .submit(tx -> {
                            Checks.needSuperuser(tx.now(), call);
                            // Asked again, it is this very model: reserved at least, perhaps made.
                            if (!begun(tx.get(Kinds.MODEL_ENTRY, uuid))) {
                                models.reserveEntry(tx, uuid, record.name(), owner, now);
                            }
                            return null;
                        })
                        .thenCompose(reserved ->
                                new Creation(call, store, models, access, record, config, user.displayName()).run())))
                .thenApply(documents -> info(call, documents.snapshot()));
    }

    private static boolean begun(ModelEntry entry) {
        return entry != null && !entry.state().equals("removing");
    }

    /** The steps after the entry is reserved. */
    private record Creation(
            Call call,
            Store store,
            ModelEngine models,
            AccessEngine access,
            ModelRecord record,
            Map<String, Object> config,
            String displayName) {

        CompletionStage<Documents> run() {
            String uuid = record.uuid();
            Optional<Documents> there = store.models().contains(uuid) ? store.model(uuid) : Optional.empty();
            if (there.isPresent()) {
                return confirm(there.get());
            }
            call.controller().logs().begin(uuid);
            CompletionStage<Documents> made;
            try {
                made = store.create(uuid, tx -> {
                    models.create(tx, record);
                    if (!config.isEmpty()) {
                        models.configure(tx, config, List.of());
                    }
                    access.grantModel(
                            tx,
                            record.owner(),
                            displayName,
                            "admin",
                            call.caller().user(),
                            record.created());
                });
            } catch (RuntimeException refused) {
                made = CompletableFuture.failedFuture(refused);
            }
            return undoing(made, () -> store.controller().submit(tx -> {
                        models.removeEntry(tx, uuid);
                        return null;
                    }))
                    // From here on the documents are there: only a removal, which the reconciler ends, may take the
                    // entry.
                    .thenCompose(documents ->
                            undoing(confirm(documents), () -> store.controller().submit(tx -> {
                                models.markEntryRemoving(tx, uuid);
                                return null;
                            })));
        }

        private CompletionStage<Documents> confirm(Documents documents) {
            return store.controller().submit(tx -> {
                models.confirmEntry(tx, record.uuid());
                return documents;
            });
        }

        private interface Undo {
            CompletionStage<?> run();
        }

        /** The stage; when it fails, the failure, after this was tried. What cannot be undone now stays for the reconciler. */
        private <R> CompletionStage<R> undoing(CompletionStage<R> stage, Undo undo) {
            CompletableFuture<R> answer = new CompletableFuture<>();
            stage.whenComplete((value, failure) -> {
                if (failure == null) {
                    answer.complete(value);
                    return;
                }
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                CompletionStage<?> undone;
                try {
                    undone = undo.run();
                } catch (RuntimeException broken) {
                    undone = CompletableFuture.failedFuture(broken);
                }
                undone.whenComplete((ignored, second) -> {
                    if (second != null) {
                        LOG.warn("model {}: left half made, to be cleaned up later", record.uuid(), second);
                    }
                    answer.completeExceptionally(cause);
                });
            });
            return answer;
        }
    }

    private static CloudRecord cloud(Snapshot controller, String tag) {
        String name = tag == null || tag.isEmpty() ? controller.controller().cloud() : Tag.idOf("cloud", tag);
        return controller.need(Kinds.CLOUD, name);
    }

    private static String region(Controller controller, CloudRecord cloud, String asked) {
        if (asked != null && !asked.isEmpty()) {
            if (!cloud.regions().isEmpty()
                    && cloud.regions().stream().noneMatch(r -> r.name().equals(asked))) {
                throw Problem.notFound("region", asked);
            }
            return asked;
        }
        if (cloud.name().equals(controller.cloud()) && controller.region() != null) {
            return controller.region();
        }
        return cloud.regions().isEmpty() ? "" : cloud.regions().get(0).name();
    }

    /** The one that is named, else the owner's only one, else none where the cloud wants none. */
    private static String credential(Snapshot controller, CloudRecord cloud, String owner, String tag) {
        String id = Wires.credentialId(tag);
        if (id != null) {
            Credential credential = controller.need(Kinds.CREDENTIAL, id);
            if (!credential.cloud().equals(cloud.name())) {
                throw Problem.notValid("credential \"%s\" not valid for cloud \"%s\"", credential.name(), cloud.name());
            }
            if (credential.revoked()) {
                throw Problem.notValid("credential \"%s\" is revoked", credential.name());
            }
            return id;
        }
        List<Credential> own = controller.all(Kinds.CREDENTIAL).stream()
                .filter(c -> c.cloud().equals(cloud.name()) && c.owner().equals(owner) && !c.revoked())
                .toList();
        if (own.size() == 1) {
            return own.get(0).id();
        }
        if (cloud.authTypes().isEmpty() || cloud.authTypes().contains("empty")) {
            return null;
        }
        throw Problem.notValid("no credential specified");
    }

    // --- show

    static ModelInfo info(Call call, Snapshot model) {
        Checks.need(call, model, "read");
        ModelRecord record = model.model();
        boolean admin = Checks.rank(call.modelAccess(model)) >= Checks.rank("admin");
        boolean writer = Checks.rank(call.modelAccess(model)) >= Checks.rank("write");
        Snapshot controller = call.controller().store().controller().snapshot();
        Credential credential =
                record.credential() == null ? null : controller.get(Kinds.CREDENTIAL, record.credential());
        return new ModelInfo(
                record.name(),
                record.type(),
                record.uuid(),
                call.controller().uuid(),
                record.controllerModel(),
                record.cloudType(),
                defaultBase(record),
                Tag.cloud(record.cloud()).toString(),
                Wires.orEmpty(record.region()),
                Wires.credentialTag(record.credential()),
                credential == null ? null : !credential.revoked(),
                Tag.user(record.owner()).toString(),
                record.life().word(),
                Wires.entityStatus(record.status()),
                users(call, model, admin),
                writer ? machines(model) : List.of(),
                List.of(),
                null,
                new ModelCalls.Sla("", ""),
                record.agentVersion(),
                List.of(new ModelCalls.Feature(
                        "juju", "the version of Juju used by the model", record.agentVersion())));
    }

    /** A string here, unlike every other base of the wire. */
    private static String defaultBase(ModelRecord record) {
        Object base = record.config().get("default-base");
        return base == null || !base.toString().contains("@") ? "ubuntu@22.04/stable" : base.toString();
    }

    static List<UserInfo> users(Call call, Snapshot model, boolean all) {
        List<UserInfo> users = new ArrayList<>();
        for (ModelUser user : model.all(Kinds.MODEL_USER)) {
            if (all || user.user().equals(call.caller().user())) {
                LastConnection last = model.get(Kinds.LAST_CONNECTION, user.user());
                users.add(new UserInfo(
                        user.user(),
                        Wires.orEmpty(user.displayName()),
                        last == null ? null : last.when(),
                        user.access()));
            }
        }
        return users;
    }

    static List<MachineInfo> machines(Snapshot model) {
        Statuses statuses = new Statuses(model);
        List<MachineInfo> machines = new ArrayList<>();
        for (Machine machine : model.all(Kinds.MACHINE)) {
            StatusValue status = statuses.of(machine);
            machines.add(new MachineInfo(
                    machine.id(),
                    Wires.hardware(machine.hardware()),
                    Wires.orEmpty(machine.instanceId()),
                    Wires.orEmpty(machine.displayName()),
                    status.status(),
                    status.message(),
                    machine.controller(),
                    machine.controller()));
        }
        return machines;
    }

    // --- destroy

    /** Who gives the whole removal less time than each of its steps means the shorter one. Both in nanoseconds. */
    static Force force(boolean force, Long maxWait, Long timeout, Call call) {
        Force steps = Wires.force(force, maxWait, call);
        return timeout == null || timeout < 0 ? steps : steps.or(Wires.force(force, timeout, call));
    }

    /** Begins the removal: durable in the model itself. The reconciler empties the model, and then takes its entry with it. */
    static CompletionStage<Object> destroy(Call call, String modelTag, Force force) {
        Documents documents = Checks.model(call, modelTag);
        return call.controller()
                .models()
                .call(models -> call.submit(documents, tx -> {
                    Checks.needToChange(call, tx.now(), "admin");
                    models.destroy(tx, force, call.now());
                    return null;
                }));
    }
}
