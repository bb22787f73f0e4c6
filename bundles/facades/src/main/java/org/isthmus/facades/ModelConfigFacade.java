package org.isthmus.facades;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ModelEngine.Setting;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.ModelCalls;
import org.isthmus.wire.ModelCalls.*;

/** The settings of a model. */
@Facade(name = "ModelConfig", since = 3, until = 3)
final class ModelConfigFacade {
    private static final String NETWORKS = "egress-subnets";

    @Method(access = Access.MODEL_READ)
    public CompletionStage<Config> modelGet(Call call) {
        ModelRecord model = call.model().snapshot().model();
        return call.controller().models().call(engine -> {
            Map<String, ConfigValue> config = new TreeMap<>();
            for (Setting setting : engine.settings(model)) {
                // Clients expect every key, and a string where nothing was set.
                Object value = setting.value() == null ? "" : setting.value();
                config.put(setting.name(), new ConfigValue(value, setting.source()));
            }
            config.putIfAbsent("name", new ConfigValue(model.name(), "model"));
            config.putIfAbsent("uuid", new ConfigValue(model.uuid(), "model"));
            config.putIfAbsent("type", new ConfigValue(model.cloudType(), "model"));
            config.putIfAbsent("agent-version", new ConfigValue(Wires.orEmpty(model.agentVersion()), "model"));
            return CompletableFuture.completedFuture(new Config(config));
        });
    }

    @Method(access = Access.MODEL_ADMIN, mutates = true)
    public CompletionStage<Object> modelSet(Call call, SetConfig params) {
        return configure(call, params == null || params.config() == null ? Map.of() : params.config(), List.of());
    }

    @Method(access = Access.MODEL_ADMIN, mutates = true)
    public CompletionStage<Object> modelUnset(Call call, UnsetConfig params) {
        return configure(call, Map.of(), params == null ? List.of() : params.keys());
    }

    private static CompletionStage<Object> configure(Call call, Map<String, Object> set, List<String> reset) {
        if (set.containsKey(NETWORKS) || reset.contains(NETWORKS)) {
            // Units have said which these are.
            return call.controller()
                    .relations()
                    .call(relations -> configure(call, set, reset, relations::showNetworks));
        }
        return configure(call, set, reset, tx -> {});
    }

    private static CompletionStage<Object> configure(
            Call call, Map<String, Object> set, List<String> reset, Consumer<Tx> then) {
        return call.controller()
                .models()
                .call(engine -> call.submit(tx -> {
                    engine.configure(tx, set, reset);
                    then.accept(tx);
                    return null;
                }));
    }

    @Method(access = Access.MODEL_READ)
    public ModelCalls.Constraints getModelConstraints(Call call) {
        return new ModelCalls.Constraints(
                Wires.constraints(call.model().snapshot().model().constraints()));
    }

    @Method(access = Access.MODEL_ADMIN, mutates = true)
    public CompletionStage<Object> setModelConstraints(Call call, SetConstraints params) {
        var constraints = Wires.constraints(params == null ? null : params.constraints());
        return call.controller()
                .models()
                .call(engine -> call.submit(tx -> {
                    engine.setConstraints(tx, constraints);
                    return null;
                }));
    }

    @Method(access = Access.MODEL_READ)
    public Sequences sequences(Call call) {
        Map<String, Long> sequences = new TreeMap<>();
        call.model().snapshot().all(Kinds.SEQUENCE).forEach(s -> sequences.put(s.name(), s.next()));
        return new Sequences(sequences);
    }

    @Method(access = Access.MODEL_READ, name = "SLALevel")
    public SlaLevel slaLevel(Call call) {
        return new SlaLevel("unsupported");
    }

    @Method(access = Access.MODEL_READ)
    public ModelSecretBackend getModelSecretBackend(Call call, JsonNode params) {
        return new ModelSecretBackend("auto");
    }

    /** Secrets stay inside. */
    record ModelSecretBackend(String result) {}
}
