package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Names;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju show-unit`. */
final class ShowUnitCommand extends ModelCommand {
    @Mixin
    Format format = new Format();

    @Option(names = "--app", description = "Only show application relation data")
    boolean app;

    @Option(
            names = "--endpoint",
            paramLabel = "NAME",
            description = "Only show relation data for the specified endpoint")
    String endpoint;

    @Option(
            names = "--related-unit",
            paramLabel = "UNIT",
            description = "Only show relation data for the specified unit")
    String relatedUnit;

    @Override
    int run(Session session) {
        if (args.isEmpty()) {
            throw Failure.usage("an unit name must be supplied");
        }
        List<Object> entities = new ArrayList<>();
        for (String unit : args) {
            if (!Names.isUnit(unit)) {
                throw Failure.usage("unit name \"%s\" not valid", unit);
            }
            entities.add(Map.of("tag", Session.unitTag(unit)));
        }
        JsonNode results = session.api(session.target(model))
                .call("Application", "UnitsInfo", Map.of("entities", entities))
                .path("results");
        Map<String, Object> all = new LinkedHashMap<>();
        for (int i = 0; i < args.size(); i++) {
            Api.refuseIfError(results.path(i));
            all.put(args.get(i), unit(args.get(i), results.path(i).path("result")));
        }
        return format.printDocument(session, all);
    }

    private Map<String, Object> unit(String name, JsonNode info) {
        Map<String, Object> shown = new LinkedHashMap<>();
        ModelDocument.put(
                shown, "workload-version", info.path("workload-version").asText(""));
        ModelDocument.put(shown, "machine", info.path("machine").asText(""));
        shown.put("opened-ports", info.path("opened-ports"));
        ModelDocument.put(shown, "public-address", info.path("public-address").asText(""));
        ModelDocument.put(shown, "charm", info.path("charm").asText(""));
        shown.put("leader", info.path("leader").asBoolean());
        ModelDocument.put(shown, "life", info.path("life").asText(""));
        List<Object> relations = new ArrayList<>();
        for (JsonNode data : info.path("relation-data")) {
            if (endpoint != null && !endpoint.equals(data.path("endpoint").asText())) {
                continue;
            }
            Map<String, Object> relation = new LinkedHashMap<>();
            relation.put("relation-id", data.path("relation-id").asInt());
            relation.put("endpoint", data.path("endpoint").asText());
            if (data.path("cross-model").asBoolean()) {
                relation.put("cross-model", true);
            }
            relation.put("related-endpoint", data.path("related-endpoint").asText());
            relation.put("application-data", data.path("application-data"));
            if (!app) {
                Map<String, Object> units = new LinkedHashMap<>();
                JsonNode all = data.path("unit-relation-data");
                for (String each : Session.names(all)) {
                    Map<String, Object> of = new LinkedHashMap<>();
                    of.put("in-scope", all.path(each).path("in-scope").asBoolean());
                    of.put("data", all.path(each).path("data"));
                    if (each.equals(name)) {
                        relation.put("local-unit", of);
                    } else if (relatedUnit == null || relatedUnit.equals(each)) {
                        units.put(each, of);
                    }
                }
                if (!units.isEmpty()) {
                    relation.put("related-units", units);
                }
            }
            relations.add(relation);
        }
        if (!relations.isEmpty()) {
            shown.put("relation-info", relations);
        }
        ModelDocument.put(shown, "provider-id", info.path("provider-id").asText(""));
        ModelDocument.put(shown, "address", info.path("address").asText(""));
        return shown;
    }

    @Override
    List<String> complete(Session session) {
        return Candidates.units(session, model);
    }
}
