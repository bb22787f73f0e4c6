package org.isthmus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.isthmus.rpc.Errors.WireError;

/** Parameters and results of the facade Application. */
public interface ApplicationCalls {

    /** Scope `#` and a machine id, or a model's UUID and a cloud's own directive. */
    record Placement(String scope, String directive) {}

    record DeployAll(List<Deploy> applications) {
        public DeployAll {
            applications = applications == null ? List.of() : applications;
        }
    }

    /** Constraints as the wire's map: {@code mem} and {@code root-disk} in MiB, lists as lists. */
    record Deploy(
            String application,
            String charmUrl,
            WireOrigin charmOrigin,
            String channel,
            Integer numUnits,
            Map<String, Object> config,
            String configYaml,
            Map<String, Object> constraints,
            List<Placement> placement,
            String policy,
            Map<String, Object> storage,
            Map<String, Object> devices,
            List<String> attachStorage,
            Map<String, String> endpointBindings,
            Map<String, String> resources,
            @JsonProperty("Force") boolean force) {}

    record DeployFromRepositoryAll(@JsonProperty("Args") List<DeployFromRepository> args) {
        public DeployFromRepositoryAll {
            args = args == null ? List.of() : args;
        }
    }

    record DeployFromRepository(
            @JsonProperty("CharmName") String charmName,
            @JsonProperty("ApplicationName") String applicationName,
            @JsonProperty("AttachStorage") List<String> attachStorage,
            WireBase base,
            String channel,
            @JsonProperty("ConfigYAML") String configYaml,
            @JsonProperty("Cons") Map<String, Object> cons,
            @JsonProperty("Devices") Map<String, Object> devices,
            @JsonProperty("DryRun") boolean dryRun,
            Map<String, String> endpointBindings,
            boolean force,
            Integer numUnits,
            @JsonProperty("Placement") List<Placement> placement,
            Integer revision,
            Map<String, String> resources,
            @JsonProperty("Storage") Map<String, Object> storage,
            @JsonProperty("Trust") boolean trust) {}

    record DeployedFromRepositoryAll(@JsonProperty("Results") List<DeployedFromRepository> results) {}

    record DeployedFromRepository(
            @JsonProperty("Errors") List<WireError> errors,
            @JsonProperty("Info") DeployedInfo info,
            @JsonProperty("PendingResourceUploads") List<Object> pendingResourceUploads) {}

    record DeployedInfo(
            String architecture, WireBase base, String channel, String effectiveChannel, String name, int revision) {}

    record AddUnits(
            String application,
            Integer numUnits,
            List<Placement> placement,
            String policy,
            List<String> attachStorage) {}

    record AddedUnits(List<String> units) {}

    record AddRelation(List<String> endpoints, List<String> viaCidrs) {}

    record AddedRelation(Map<String, Endpoint> endpoints) {}

    /** A charm's endpoint. */
    record Endpoint(
            String name,
            String role,
            @JsonProperty("interface") String interfaceName,
            boolean optional,
            int limit,
            String scope) {}

    record DestroyRelation(List<String> endpoints, Integer relationId, boolean force, Long maxWait) {}

    record SetConfigs(@JsonProperty("Args") List<SetConfig> args) {
        public SetConfigs {
            args = args == null ? List.of() : args;
        }
    }

    record SetConfig(String application, String generation, Map<String, Object> config, String configYaml) {}

    record UnsetConfigs(@JsonProperty("Args") List<UnsetConfig> args) {
        public UnsetConfigs {
            args = args == null ? List.of() : args;
        }
    }

    record UnsetConfig(String application, String branch, List<String> options) {}

    record Name(String application, String branch) {}

    record Names(List<Name> args) {
        public Names {
            args = args == null ? List.of() : args;
        }
    }

    record Get(
            String application,
            String charm,
            Map<String, Object> config,
            Map<String, Object> applicationConfig,
            Map<String, Object> constraints,
            WireBase base,
            String series,
            String channel,
            Map<String, String> endpointBindings) {}

    record ConfigResult(Map<String, Object> config, WireError error) {}

    record ConstraintsResult(Map<String, Object> constraints, WireError error) {}

    record SetConstraints(String application, Map<String, Object> constraints) {}

    record DestroyUnits(List<DestroyUnit> units) {
        public DestroyUnits {
            units = units == null ? List.of() : units;
        }
    }

    record DestroyUnit(String unitTag, boolean destroyStorage, boolean force, Long maxWait, boolean dryRun) {}

    record DestroyedUnit(List<Entities.Entity> destroyedStorage, List<Entities.Entity> detachedStorage) {}

    record DestroyApplications(List<DestroyApplication> applications) {
        public DestroyApplications {
            applications = applications == null ? List.of() : applications;
        }
    }

    record DestroyApplication(
            String applicationTag, boolean destroyStorage, boolean force, Long maxWait, boolean dryRun) {}

    record DestroyedApplication(
            List<Entities.Entity> destroyedStorage,
            List<Entities.Entity> detachedStorage,
            List<Entities.Entity> destroyedUnits) {}

    record Info<T>(T info, WireError error) {}

    record Expose(String application, Map<String, WireExposed> exposedEndpoints) {}

    record Unexpose(String application, List<String> exposedEndpoints) {}

    record Resolve(Entities tags, boolean retry, boolean all) {}

    record ApplicationInfo(
            String tag,
            String charm,
            WireBase base,
            String channel,
            Map<String, Object> constraints,
            boolean principal,
            boolean exposed,
            boolean remote,
            String life,
            Map<String, String> endpointBindings,
            Map<String, WireExposed> exposedEndpoints) {}

    record UnitInfo(
            String tag,
            String workloadVersion,
            String machine,
            List<String> openedPorts,
            String publicAddress,
            String charm,
            boolean leader,
            String life,
            List<RelationData> relationData,
            String providerId,
            String address) {}

    record RelationData(
            int relationId,
            String endpoint,
            boolean crossModel,
            String relatedEndpoint,
            Map<String, Object> applicationData,
            Map<String, UnitRelationData> unitRelationData) {}

    record UnitRelationData(boolean inScope, Map<String, Object> data) {}

    record CharmRelations(List<String> charmRelations) {}

    record StringResult(String result, WireError error) {}

    record CharmUrlOrigin(String url, WireOrigin charmOrigin, WireError error) {}

    record MergeBindings(List<MergeBinding> args) {
        public MergeBindings {
            args = args == null ? List.of() : args;
        }
    }

    record MergeBinding(String applicationTag, Map<String, String> bindings, boolean force) {}
}
