package org.isthmus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.isthmus.rpc.Errors.WireError;

/** Parameters and results of the facades Charms and Resources. */
public interface CharmCalls {
    record CharmUrl(String url) {}

    record Option(String type, String description, @JsonProperty("default") Object defaultValue) {}

    record Relation(
            String name,
            String role,
            @JsonProperty("interface") String interfaceName,
            boolean optional,
            int limit,
            String scope) {}

    record Meta(
            String name,
            String summary,
            String description,
            boolean subordinate,
            Map<String, Relation> provides,
            Map<String, Relation> requires,
            Map<String, Relation> peers,
            Map<String, String> extraBindings,
            List<String> categories,
            List<String> tags,
            List<String> series,
            Map<String, Map<String, Object>> storage,
            List<String> terms,
            String minJujuVersion,
            Map<String, Map<String, Object>> resources,
            List<Object> assumesExpr,
            String charmUser) {}

    record Action(String description, boolean parallel, String executionGroup, Map<String, Object> params) {}

    record Actions(Map<String, Action> specs) {}

    record ManifestBase(String name, String channel, List<String> architectures) {}

    record Manifest(List<ManifestBase> bases) {}

    record CharmInfo(
            int revision, String url, Map<String, Option> config, Meta meta, Actions actions, Manifest manifest) {}

    record Resolve(List<ResolveOne> resolve, Map<String, Object> macaroon) {
        public Resolve {
            resolve = resolve == null ? List.of() : resolve;
        }
    }

    record ResolveOne(String reference, WireOrigin charmOrigin, boolean switchCharm) {}

    /** @param supportedSeries the code names, which older clients need */
    record Resolved(
            String url,
            WireOrigin charmOrigin,
            List<WireBase> supportedBases,
            List<String> supportedSeries,
            WireError error) {}

    record AddCharm(String url, WireOrigin charmOrigin, boolean force, Map<String, Object> charmStoreMacaroon) {}

    record AddedCharm(WireOrigin charmOrigin) {}

    record ListCharms(List<String> names) {
        public ListCharms {
            names = names == null ? List.of() : names;
        }
    }

    record CharmUrls(List<String> charmUrls) {}

    record PendingResources(String tag, String url, WireOrigin charmOrigin, List<Map<String, Object>> resources) {}

    record PendingIds(List<String> pendingIds, WireError error) {}

    record ApplicationResources(
            List<Object> resources, List<Object> charmStoreResources, List<Object> unitResources, WireError error) {}
}
