package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.model.CloudRecord;

/** Clouds that this client knows: the built-in `localhost`, and those of clouds.yaml. */
final class Clouds {
    private static final CloudRecord LOCALHOST = new CloudRecord(
            "localhost", "localhost", List.of("empty"), "", List.of(new CloudRecord.Region("localhost", "")), Map.of());

    private final Map<String, CloudRecord> all = new TreeMap<>();

    Clouds(Session session) {
        all.put("localhost", LOCALHOST);
        session.data().clouds().forEach((name, value) -> all.put(name, read(name, Data.map(value))));
    }

    private static CloudRecord read(String name, Map<String, Object> at) {
        List<String> authTypes = new ArrayList<>();
        if (at.get("auth-types") instanceof List<?> list) {
            list.forEach(a -> authTypes.add(String.valueOf(a)));
        }
        List<CloudRecord.Region> regions = new ArrayList<>();
        Data.map(at.get("regions")).forEach((region, value) -> {
            String endpoint = Data.text(Data.map(value), "endpoint");
            regions.add(new CloudRecord.Region(region, endpoint == null ? "" : endpoint));
        });
        String type = Data.text(at, "type");
        if (type == null) {
            throw Failure.of("cloud \"%s\" in clouds.yaml has no type", name);
        }
        String endpoint = Data.text(at, "endpoint");
        return new CloudRecord(
                name, type, authTypes, endpoint == null ? "" : endpoint, regions, Data.map(at.get("config")));
    }

    List<String> names() {
        return List.copyOf(all.keySet());
    }

    Map<String, CloudRecord> all() {
        return all;
    }

    CloudRecord get(String name) {
        CloudRecord cloud = all.get(name);
        if (cloud == null) {
            throw Failure.of(
                    "unknown cloud \"%s\", please try \"juju add-cloud\" (known clouds: %s)",
                    name, String.join(", ", all.keySet()));
        }
        return cloud;
    }
}
