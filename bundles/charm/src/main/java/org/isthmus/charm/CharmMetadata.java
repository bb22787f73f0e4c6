package org.isthmus.charm;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** metadata.yaml (juju/charm v12 meta.go). Endpoint names are unique across the three roles. */
public record CharmMetadata(
        String name,
        String summary,
        String description,
        boolean subordinate,
        Map<String, CharmRelation> provides,
        Map<String, CharmRelation> requires,
        Map<String, CharmRelation> peers,
        Map<String, Map<String, Object>> storage,
        Map<String, Map<String, Object>> resources,
        Map<String, String> extraBindings,
        List<String> series,
        List<String> tags,
        List<String> categories,
        List<String> terms,
        List<Object> assumes,
        String minJujuVersion,
        String charmUser) {

    public CharmMetadata {
        provides = sorted(provides);
        requires = sorted(requires);
        peers = sorted(peers);
        storage = sorted(storage);
        resources = sorted(resources);
        extraBindings = sorted(extraBindings);
        series = series == null ? List.of() : List.copyOf(series);
        tags = tags == null ? List.of() : List.copyOf(tags);
        categories = categories == null ? List.of() : List.copyOf(categories);
        terms = terms == null ? List.of() : List.copyOf(terms);
        assumes = assumes == null ? List.of() : List.copyOf(assumes);
    }

    private static <V> Map<String, V> sorted(Map<String, V> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(map));
    }

    /** One of {@link #endpoints}, or null. */
    public CharmRelation endpoint(String name) {
        CharmRelation found = peers.getOrDefault(name, requires.get(name));
        return found != null ? found : provides.get(name);
    }

    /** Every endpoint, by name, whatever its role; without the implicit `juju-info`. */
    public Map<String, CharmRelation> endpoints() {
        Map<String, CharmRelation> all = new TreeMap<>(provides);
        all.putAll(requires);
        all.putAll(peers);
        return all;
    }
}
