package org.isthmus.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Credentials on their way to a controller. */
final class Credentials {
    private Credentials() {}

    static Map<String, String> attributes(Map<String, Object> stored) {
        Map<String, String> attributes = new LinkedHashMap<>();
        stored.forEach((key, value) -> {
            if (!key.equals("auth-type") && value != null) {
                attributes.put(key, value.toString());
            }
        });
        return attributes;
    }

    static void upload(Api api, String tag, Map<String, Object> stored) {
        api.one(
                "Cloud",
                "UpdateCredentialsCheckModels",
                Map.of(
                        "credentials",
                        List.of(Map.of(
                                "tag",
                                tag,
                                "credential",
                                Map.of(
                                        "auth-type",
                                        stored.getOrDefault("auth-type", "empty")
                                                .toString(),
                                        "attrs",
                                        attributes(stored)))),
                        "force",
                        false));
    }
}
