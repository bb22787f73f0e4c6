package org.isthmus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.isthmus.rpc.Errors.WireError;

/** Client.FullStatus: everything `juju status` shows. */
public record FullStatus(
        Model model,
        Map<String, Machine> machines,
        Map<String, Application> applications,
        Map<String, RemoteApplication> remoteApplications,
        Map<String, Offer> offers,
        List<Relation> relations,
        Instant controllerTimestamp,
        Map<String, Object> branches,
        List<Object> storage,
        List<Object> filesystems,
        List<Object> volumes) {

    public record Params(List<String> patterns, boolean includeStorage) {
        public Params {
            patterns = patterns == null ? List.of() : patterns;
        }
    }

    /** {@code since} is null where nothing was ever set. */
    public record DetailedStatus(
            String status,
            String info,
            Map<String, Object> data,
            Instant since,
            String kind,
            String version,
            String life,
            WireError err) {}

    public record Model(
            String name,
            String type,
            String cloudTag,
            String region,
            String version,
            String availableVersion,
            DetailedStatus modelStatus,
            MeterStatus meterStatus,
            String sla) {}

    public record MeterStatus(String color, String message) {}

    public record NetworkInterface(
            List<String> ipAddresses,
            String macAddress,
            String gateway,
            List<String> dnsNameservers,
            String space,
            boolean isUp) {}

    public record Machine(
            DetailedStatus agentStatus,
            DetailedStatus instanceStatus,
            DetailedStatus modificationStatus,
            String hostname,
            String dnsName,
            List<String> ipAddresses,
            String instanceId,
            String displayName,
            WireBase base,
            String id,
            Map<String, NetworkInterface> networkInterfaces,
            Map<String, Machine> containers,
            String constraints,
            String hardware,
            List<String> jobs,
            boolean hasVote,
            boolean wantsVote,
            Map<String, Object> lxdProfiles,
            Boolean primaryControllerMachine) {}

    public record Application(
            WireError err,
            String charm,
            String charmVersion,
            String charmProfile,
            String charmChannel,
            int charmRev,
            WireBase base,
            boolean exposed,
            Map<String, WireExposed> exposedEndpoints,
            String life,
            Map<String, List<String>> relations,
            String canUpgradeTo,
            List<String> subordinateTo,
            Map<String, Unit> units,
            Map<String, MeterStatus> meterStatuses,
            DetailedStatus status,
            String workloadVersion,
            Map<String, String> endpointBindings,
            @JsonProperty("int") int scale,
            String providerId,
            String publicAddress) {}

    public record Unit(
            DetailedStatus agentStatus,
            DetailedStatus workloadStatus,
            String workloadVersion,
            String machine,
            List<String> openedPorts,
            String publicAddress,
            String charm,
            Map<String, Unit> subordinates,
            boolean leader,
            String providerId,
            String address) {}

    public record Relation(
            int id,
            String key,
            @JsonProperty("interface") String interfaceName,
            String scope,
            List<Endpoint> endpoints,
            DetailedStatus status) {}

    public record Endpoint(String application, String name, String role, boolean subordinate) {}

    public record RemoteEndpoint(
            String name, String role, @JsonProperty("interface") String interfaceName, int limit) {}

    public record RemoteApplication(
            WireError err,
            String offerUrl,
            String offerName,
            List<RemoteEndpoint> endpoints,
            String life,
            Map<String, List<String>> relations,
            DetailedStatus status) {}

    public record Offer(
            WireError err,
            String offerName,
            String applicationName,
            String charm,
            Map<String, RemoteEndpoint> endpoints,
            int activeConnectedCount,
            int totalConnectedCount) {}
}
