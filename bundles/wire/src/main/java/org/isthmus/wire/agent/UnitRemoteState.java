package org.isthmus.wire.agent;

import java.util.List;
import java.util.Map;

/**
 * Everything of the model that decides what a unit's agent does next: one document.
 *
 * @param charmUrl the application's charm, which the unit is to run
 * @param configHash changes with application settings, trust and the unit's addresses
 * @param resolved `retry-hooks`, `no-hooks` or null
 * @param leader the unit that holds the application's lease, or null
 * @param subordinates how many units live beside this one and must go first
 * @param updateStatusSeconds between two update-status hooks
 * @param rewatch true: relations came or went, and this watcher does not see all of them; ask for a new one
 */
public record UnitRemoteState(
        String unit,
        String application,
        String life,
        String applicationLife,
        String principal,
        String machine,
        String charmUrl,
        String charmSha256,
        String configHash,
        String resolved,
        String leader,
        int subordinates,
        String privateAddress,
        String publicAddress,
        String availabilityZone,
        boolean retryHooks,
        long updateStatusSeconds,
        ModelFacts model,
        List<RelationState> relations,
        boolean rewatch) {

    public UnitRemoteState {
        relations = relations == null ? List.of() : List.copyOf(relations);
    }

    public UnitRemoteState withRelations(List<RelationState> others) {
        return new UnitRemoteState(
                unit,
                application,
                life,
                applicationLife,
                principal,
                machine,
                charmUrl,
                charmSha256,
                configHash,
                resolved,
                leader,
                subordinates,
                privateAddress,
                publicAddress,
                availabilityZone,
                retryHooks,
                updateStatusSeconds,
                model,
                others,
                rewatch);
    }

    /** @param proxies `http`, `https`, `ftp`, `no` as the model's juju-*-proxy settings say */
    public record ModelFacts(String uuid, String name, Map<String, String> proxies, List<String> apiAddresses) {
        public ModelFacts {
            proxies = proxies == null ? Map.of() : Map.copyOf(proxies);
            apiAddresses = apiAddresses == null ? List.of() : List.copyOf(apiAddresses);
        }
    }

    /**
     * One relation of the unit's application, from the unit's side.
     *
     * @param endpoint the unit's own endpoint
     * @param hooks false for the implicit `juju-info` side, which has none
     * @param remoteApplication the other side; for a peer relation the own one
     * @param remoteModel the UUID of the model that the other side lives in; the own one unless it is shared across models
     * @param inScope whether this unit is in
     * @param members the units it sees, with the version of their settings
     * @param applicationVersion of the other side's application settings; 0 where there are none
     */
    public record RelationState(
            int id,
            String key,
            String endpoint,
            boolean peer,
            boolean hooks,
            String life,
            boolean suspended,
            String remoteApplication,
            String remoteModel,
            boolean inScope,
            Map<String, Long> members,
            long applicationVersion) {
        public RelationState {
            members = members == null ? Map.of() : Map.copyOf(members);
        }
    }
}
