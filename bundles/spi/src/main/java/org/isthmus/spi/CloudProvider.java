package org.isthmus.spi;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Address;
import org.isthmus.api.Constraints;
import org.isthmus.api.Hardware;
import org.isthmus.api.PortRange;

/**
 * Service of a provider plug-in, property `isthmus.cloud.type` = {@link #type()}. It never sees the model. Calls may be slow;
 * those that return a stage must not block the caller's thread, and each has a time limit set by the caller.
 */
public interface CloudProvider {
    /** Such as `localhost`, `lxd`, `ec2`. */
    String type();

    /** Authentication types to the attributes each wants; `empty` wants none. */
    Map<String, List<CredentialAttribute>> credentialSchemas();

    /** One attribute of a credential. */
    record CredentialAttribute(String name, String description, boolean hidden, boolean optional) {}

    /** Regions of a cloud of this type that the user's clouds.yaml does not list, with their zones. */
    List<Region> defaultRegions();

    record Region(String name, String endpoint) {}

    /** Checks and opens; refuses with what is wrong in the settings or the credential. */
    Cloud open(CloudSpec spec);

    /** Where and as whom. {@code config} holds the model's settings that concern the cloud. */
    record CloudSpec(
            String cloud,
            String type,
            String region,
            String endpoint,
            String authType,
            Map<String, String> credential,
            Map<String, Object> config,
            String controllerUuid,
            String modelUuid,
            String modelName) {}

    /** One opened cloud for one model. */
    interface Cloud extends AutoCloseable {
        /** Reports what a start is doing: shown as the machine's instance status. */
        interface Progress {
            void report(String status, String message);
        }

        /**
         * Refuses what can never start here (unknown zone, instance type, arch); answers warnings for constraints that are
         * ignored.
         */
        List<String> precheck(Constraints constraints, String placement);

        /**
         * Starts a machine. Idempotent by {@code token}: a second call with it finishes or returns the first one's instance.
         */
        CompletionStage<Instance> start(StartRequest request, Progress progress);

        /** Stops and removes; an id that is gone counts as stopped. */
        CompletionStage<Void> stop(Collection<String> instanceIds);

        /** All instances of this model, also half-started ones: what the provisioner adopts or removes. */
        CompletionStage<List<Instance>> list();

        List<String> zones();

        /** How ports are opened here; empty where traffic is not filtered (`firewall not enforced`). */
        java.util.Optional<Firewall> firewall();

        @Override
        void close();
    }

    /**
     * @param token unique to this machine's attempt
     * @param agent how the machine reaches its controller and who it is there
     * @param placement directive of this cloud such as `zone=a`; null for none
     */
    record StartRequest(
            String token,
            String machineId,
            String requestedBase,
            Constraints constraints,
            String placement,
            AgentStart agent,
            Map<String, String> tags) {}

    /** What the agent of a new machine must know. {@code password} is shown to nobody else. */
    record AgentStart(
            String controllerUuid,
            String modelUuid,
            String machineTag,
            String nonce,
            String password,
            List<String> apiAddresses,
            String caCert,
            String agentVersion) {}

    /** @param status `allocating`, `running` or `provisioning error` */
    record Instance(
            String id,
            String displayName,
            String token,
            String machineId,
            String status,
            String message,
            List<Address> addresses,
            Hardware hardware,
            String base,
            String hostname) {}

    /** Opens ports towards an instance. */
    interface Firewall {
        /** @param sources CIDRs */
        record Rule(PortRange ports, Set<String> sources) {}

        /** Makes exactly these rules hold for the instance. */
        CompletionStage<Void> set(String instanceId, Set<Rule> rules);

        CompletionStage<Set<Rule>> rules(String instanceId);
    }
}
