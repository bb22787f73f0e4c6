package org.isthmus.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.isthmus.rpc.Errors.WireError;

/** Parameters and results of the facades ModelManager and ModelConfig. */
public interface ModelCalls {
    record CreateModel(
            String name,
            String ownerTag,
            Map<String, Object> config,
            String cloudTag,
            String region,
            String credential) {}

    record EntityStatus(String status, String info, Map<String, Object> data, Instant since) {}

    record UserInfo(
            String user,
            String displayName,
            @JsonInclude(JsonInclude.Include.ALWAYS) Instant lastConnection,
            String access) {}

    record MachineHardware(
            String arch,
            Long mem,
            Long rootDisk,
            Long cores,
            Long cpuPower,
            List<String> tags,
            String availabilityZone,
            String virtType) {}

    record MachineInfo(
            String id,
            MachineHardware hardware,
            String instanceId,
            String displayName,
            String status,
            String message,
            boolean hasVote,
            boolean wantsVote) {}

    record Sla(String level, String owner) {}

    record Feature(String name, String description, String version) {}

    record ModelInfo(
            String name,
            String type,
            String uuid,
            String controllerUuid,
            boolean isController,
            String providerType,
            String defaultBase,
            String cloudTag,
            String cloudRegion,
            String cloudCredentialTag,
            Boolean cloudCredentialValidity,
            String ownerTag,
            String life,
            EntityStatus status,
            List<UserInfo> users,
            List<MachineInfo> machines,
            List<Object> secretBackends,
            Object migration,
            Sla sla,
            String agentVersion,
            List<Feature> supportedFeatures) {}

    record ListSummaries(String userTag, boolean all) {}

    record Count(String entity, long count) {}

    record ModelSummary(
            String name,
            String uuid,
            String type,
            String controllerUuid,
            boolean isController,
            String providerType,
            String defaultSeries,
            String cloudTag,
            String cloudRegion,
            String cloudCredentialTag,
            String ownerTag,
            String life,
            EntityStatus status,
            String userAccess,
            @JsonInclude(JsonInclude.Include.ALWAYS) Instant lastConnection,
            List<Count> counts,
            Object migration,
            Sla sla,
            String agentVersion) {}

    record Model(String name, String uuid, String type, String ownerTag) {}

    record UserModel(Model model, @JsonInclude(JsonInclude.Include.ALWAYS) Instant lastConnection) {}

    record UserModels(List<UserModel> userModels) {}

    record DestroyModels(List<DestroyModel> models) {
        public DestroyModels {
            models = models == null ? List.of() : models;
        }
    }

    record DestroyModel(String modelTag, Boolean destroyStorage, boolean force, Long maxWait, Long timeout) {}

    record ModifyAccess(List<ModifyAccessChange> changes) {
        public ModifyAccess {
            changes = changes == null ? List.of() : changes;
        }
    }

    /** Action `grant` or `revoke`; {@code modelTag} null at the controller. */
    record ModifyAccessChange(String userTag, String action, String access, String modelTag) {}

    record ModelStatus(
            String modelTag,
            String life,
            String type,
            int hostedMachineCount,
            int applicationCount,
            int unitCount,
            String ownerTag,
            List<MachineInfo> modelMachines,
            List<Object> volumes,
            List<Object> filesystems,
            WireError error) {}

    record ChangeCredentials(List<ChangeCredential> modelCredentials) {
        public ChangeCredentials {
            modelCredentials = modelCredentials == null ? List.of() : modelCredentials;
        }
    }

    record ChangeCredential(String modelTag, String credentialTag) {}

    record Default(@JsonProperty("default") Object defaultValue, Object controller, List<Object> regions) {}

    record Defaults(Map<String, Default> config, WireError error) {}

    // --- ModelConfig

    record ConfigValue(Object value, String source) {}

    record Config(Map<String, ConfigValue> config) {}

    record SetConfig(Map<String, Object> config) {}

    record UnsetConfig(List<String> keys) {
        public UnsetConfig {
            keys = keys == null ? List.of() : keys;
        }
    }

    record Constraints(Map<String, Object> constraints) {}

    record SetConstraints(String application, Map<String, Object> constraints) {}

    record Sequences(Map<String, Long> sequences) {}

    record SlaLevel(String result) {}
}
