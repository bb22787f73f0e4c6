package org.isthmus.modeladmin;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Controller;
import org.isthmus.model.Credential;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelEntry;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ModelEngine;
import org.osgi.service.component.annotations.Component;

/** The model engine: models as wholes, the controller's settings, clouds and credentials. Pure decisions, no state. */
@Component(service = ModelEngine.class)
public final class Models implements ModelEngine {
    private static final String ROOM = "model-admin";
    private static final String CREATING = "creating";
    private static final String PRESENT = "present";
    private static final String REMOVING = "removing";

    @Override
    public void reserveEntry(Tx controller, String uuid, String name, String owner, Instant now) {
        Tx tx = controller.as(ROOM);
        if (!Names.isModel(name)) {
            throw Problem.notValid(
                    "\"%s\" is not a valid name: model names may only contain lowercase letters, digits and hyphens",
                    name);
        }
        if (!Names.isUser(owner)) {
            throw Problem.notValid("\"%s\" is not a valid user name", owner);
        }
        if (!Names.isUuid(uuid)) {
            throw Problem.notValid("\"%s\" is not a valid model UUID", uuid);
        }
        ModelEntry same = tx.get(Kinds.MODEL_ENTRY, uuid);
        if (same != null
                && same.name().equals(name)
                && same.owner().equals(owner)
                && same.state().equals(CREATING)) {
            return;
        }
        if (same != null || tx.now().count(Kinds.MODEL_ENTRIES_BY_NAME, owner + "/" + name) > 0) {
            throw Problem.refuse(Code.ALREADY_EXISTS, "model \"%s\" for %s already exists", name, owner);
        }
        tx.put(Kinds.MODEL_ENTRY, new ModelEntry(uuid, name, owner, CREATING, now));
    }

    @Override
    public void create(Tx model, ModelRecord record) {
        Tx tx = model.as(ROOM);
        if (!Names.isModel(record.name())) {
            throw Problem.notValid(
                    "\"%s\" is not a valid name: model names may only contain lowercase letters, digits and hyphens",
                    record.name());
        }
        if (tx.now().model() != null) {
            throw Problem.refuse(
                    Code.ALREADY_EXISTS, "model \"%s\" for %s already exists", record.name(), record.owner());
        }
        Map<String, Object> config = ModelSettings.SCHEMA.checked(record.config(), ModelSettings.fixed(record));
        tx.put(Kinds.MODEL, record.withConfig(config));
    }

    private static ModelEntry entry(Tx tx, String uuid) {
        ModelEntry entry = tx.get(Kinds.MODEL_ENTRY, uuid);
        if (entry == null) {
            throw Problem.refuse(Code.MODEL_NOT_FOUND, "model \"%s\" not found", uuid);
        }
        return entry;
    }

    @Override
    public void confirmEntry(Tx controller, String uuid) {
        Tx tx = controller.as(ROOM);
        ModelEntry entry = entry(tx, uuid);
        if (entry.state().equals(CREATING)) {
            tx.put(Kinds.MODEL_ENTRY, entry.withState(PRESENT));
        }
    }

    private static ModelRecord model(Tx tx) {
        ModelRecord model = tx.now().model();
        if (model == null) {
            throw Problem.refuse(Code.MODEL_NOT_FOUND, "model not found");
        }
        return model;
    }

    @Override
    public void destroy(Tx model, Force force, Instant now) {
        Tx tx = model.as(ROOM);
        ModelRecord record = model(tx);
        if (record.controllerModel()) {
            throw Problem.refuse(
                    Code.NONE,
                    "cannot destroy model \"%s\": it is the controller model; use destroy-controller",
                    record.name());
        }
        Force first = record.force().or(force);
        ModelRecord after = record.with(b -> b.destroyForced(first.isAsked()).destroyForceAt(first.at()));
        if (record.life() == Life.ALIVE) {
            after = after.withLife(Life.DYING).withStatus(new StatusValue("destroying", "", now));
        }
        tx.put(Kinds.MODEL, after);
    }

    @Override
    public void markEntryRemoving(Tx controller, String uuid) {
        Tx tx = controller.as(ROOM);
        ModelEntry entry = tx.get(Kinds.MODEL_ENTRY, uuid);
        if (entry != null) {
            tx.put(Kinds.MODEL_ENTRY, entry.withState(REMOVING));
        }
    }

    @Override
    public void removeEntry(Tx controller, String uuid) {
        controller.as(ROOM).remove(Kinds.MODEL_ENTRY, uuid);
    }

    @Override
    public void configure(Tx model, Map<String, Object> set, List<String> reset) {
        Tx tx = model.as(ROOM);
        ModelRecord record = model(tx);
        Map<String, Object> typed =
                ModelSettings.SCHEMA.checked(set == null ? Map.of() : set, ModelSettings.fixed(record));
        List<String> gone = reset == null ? List.of() : reset;
        ModelSettings.SCHEMA.needSettable(gone);
        tx.put(Kinds.MODEL, record.withConfig(Schema.merged(record.config(), typed, gone)));
    }

    @Override
    public List<Setting> settings(ModelRecord model) {
        return ModelSettings.SCHEMA.show(model.config(), ModelSettings.fixed(model), "model");
    }

    @Override
    public void setConstraints(Tx model, Constraints constraints) {
        Tx tx = model.as(ROOM);
        tx.put(Kinds.MODEL, model(tx).withConstraints(constraints));
    }

    @Override
    public void setStatus(Tx model, StatusValue status) {
        Tx tx = model.as(ROOM);
        tx.put(Kinds.MODEL, model(tx).withStatus(status));
    }

    @Override
    public void configureController(Tx controller, Map<String, Object> set, List<String> reset) {
        Tx tx = controller.as(ROOM);
        Controller record = tx.need(Kinds.CONTROLLER, Controller.ID);
        Map<String, Object> typed =
                ControllerSettings.SCHEMA.checked(set == null ? Map.of() : set, ControllerSettings.fixed(record));
        List<String> gone = reset == null ? List.of() : reset;
        ControllerSettings.SCHEMA.needSettable(gone);
        ControllerSettings.needFirst(record.settings(), typed, gone);
        tx.put(Kinds.CONTROLLER, record.withSettings(Schema.merged(record.settings(), typed, gone)));
    }

    @Override
    public List<Setting> controllerSettings(Controller controller) {
        return ControllerSettings.SCHEMA.show(
                controller.settings(), ControllerSettings.fixed(controller), "controller");
    }

    @Override
    public void putCloud(Tx controller, CloudRecord cloud, boolean replace) {
        Tx tx = controller.as(ROOM);
        if (cloud.name() == null || !cloud.name().matches("[a-zA-Z0-9][a-zA-Z0-9.-]*")) {
            throw Problem.notValid("\"%s\" is not a valid cloud name", cloud.name());
        }
        if (!replace && tx.now().has(Kinds.CLOUD, cloud.name())) {
            throw Problem.refuse(Code.ALREADY_EXISTS, "cloud \"%s\" already exists", cloud.name());
        }
        tx.put(Kinds.CLOUD, cloud);
    }

    @Override
    public void removeCloud(Tx controller, String name) {
        Tx tx = controller.as(ROOM);
        tx.need(Kinds.CLOUD, name);
        Controller record = tx.now().controller();
        if (record != null && name.equals(record.cloud())) {
            throw Problem.refuse(Code.NONE, "cannot remove cloud \"%s\": it is the controller's cloud", name);
        }
        for (Credential credential : List.copyOf(tx.now().all(Kinds.CREDENTIAL))) {
            if (credential.cloud().equals(name)) {
                tx.remove(Kinds.CREDENTIAL, credential.id());
            }
        }
        tx.remove(Kinds.CLOUD, name);
    }

    @Override
    public void putCredential(Tx controller, Credential credential) {
        Tx tx = controller.as(ROOM);
        CloudRecord cloud = tx.need(Kinds.CLOUD, credential.cloud());
        if (!cloud.authTypes().isEmpty() && !cloud.authTypes().contains(credential.authType())) {
            throw Problem.notValid(
                    "credential \"%s\" with auth-type \"%s\" is not supported (expected one of [%s])",
                    credential.name(), credential.authType(), String.join(" ", cloud.authTypes()));
        }
        tx.put(Kinds.CREDENTIAL, credential);
    }

    @Override
    public void removeCredential(Tx controller, String id) {
        Tx tx = controller.as(ROOM);
        tx.need(Kinds.CREDENTIAL, id);
        tx.remove(Kinds.CREDENTIAL, id);
    }
}
