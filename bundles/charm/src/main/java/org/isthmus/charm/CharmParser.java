package org.isthmus.charm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.charm.CharmManifest.CharmBase;

/** Reads a charm's files, wherever they come from, and checks them by the rules of juju/charm v12 (reference 5.1). */
final class CharmParser {
    private static final Pattern ACTION = Pattern.compile("[a-z](?:[a-z0-9-]*[a-z0-9])?");
    private static final Pattern SERIES = Pattern.compile("[a-z]+(?:[a-z0-9]+)?");
    private static final Set<String> OPTION_TYPES = Set.of("string", "int", "float", "boolean", "secret");
    private static final Pattern COUNT = Pattern.compile("([0-9]+)(?:(-)([0-9]+)?|(\\+))?");

    /** Where the files are. */
    interface Files {
        /** Null where there is no such file. */
        byte[] read(String name) throws IOException;
    }

    private final Files files;

    private CharmParser(Files files) {
        this.files = files;
    }

    static Charm parse(Files files) throws IOException {
        return new CharmParser(files).parse();
    }

    private Charm parse() throws IOException {
        byte[] raw = files.read("metadata.yaml");
        if (raw == null) {
            throw Problem.notValid("no charm: metadata.yaml is missing");
        }
        Map<String, Object> yaml = YamlFile.read("metadata", raw);
        if (yaml == null) {
            throw Problem.notValid("metadata: empty");
        }
        CharmManifest manifest = manifest();
        CharmMetadata metadata = metadata(yaml);
        check(metadata, yaml, manifest != null);
        return new Charm(metadata, config(), actions(), manifest, revision(), version());
    }

    // --- metadata.yaml

    private static CharmMetadata metadata(Map<String, Object> yaml) {
        String name = required(yaml, "name");
        if (!Names.isApplication(name)) {
            throw bad("metadata: name: \"%s\" is not a valid charm name", name);
        }
        return new CharmMetadata(
                name,
                required(yaml, "summary"),
                required(yaml, "description"),
                flag("metadata: subordinate", yaml.get("subordinate")),
                relations(yaml, "provides", "provider"),
                relations(yaml, "requires", "requirer"),
                relations(yaml, "peers", "peer"),
                storage(name, yaml.get("storage")),
                resources(yaml.get("resources")),
                bindings(yaml.get("extra-bindings")),
                strings("metadata: series", yaml.get("series")),
                strings("metadata: tags", yaml.get("tags")),
                strings("metadata: categories", yaml.get("categories")),
                strings("metadata: terms", yaml.get("terms")),
                assumes(yaml.get("assumes")),
                text("metadata: min-juju-version", yaml.get("min-juju-version")),
                charmUser(yaml.get("charm-user")));
    }

    private static void check(CharmMetadata charm, Map<String, Object> yaml, boolean v2) {
        if (v2) {
            if (!charm.series().isEmpty()) {
                throw bad("metadata v2 manifest.yaml with series slice not valid");
            }
            if (charm.minJujuVersion() != null) {
                throw bad("min-juju-version in metadata v2 not valid");
            }
            if (present(yaml, "deployment")) {
                throw bad("deployment in metadata v2 not valid");
            }
        } else {
            if (present(yaml, "containers")) {
                throw bad("containers without a manifest.yaml not valid");
            }
            if (present(yaml, "assumes")) {
                throw bad("assumes in metadata v1 not valid");
            }
        }
        Map<String, String> seen = new TreeMap<>();
        for (Map<String, CharmRelation> role : List.of(charm.provides(), charm.requires(), charm.peers())) {
            for (CharmRelation relation : role.values()) {
                checkRelation(charm, relation);
                if (seen.put(relation.name(), relation.role()) != null) {
                    throw bad("charm \"%s\" using a duplicated relation name: \"%s\"", charm.name(), relation.name());
                }
            }
        }
        if (charm.subordinate()
                && charm.requires().values().stream().noneMatch(r -> r.scope().equals("container"))) {
            throw bad("subordinate charm \"%s\" lacks \"requires\" relation with container scope", charm.name());
        }
        for (String binding : charm.extraBindings().keySet()) {
            if (seen.containsKey(binding)) {
                throw bad(
                        "charm \"%s\" has invalid extra bindings: relation names (%s) cannot be used in extra bindings",
                        charm.name(), binding);
            }
        }
        for (String series : charm.series()) {
            if (!SERIES.matcher(series).matches()) {
                throw bad("charm \"%s\" declares invalid series: \"%s\"", charm.name(), series);
            }
        }
        if (present(yaml, "containers")) {
            checkContainers(charm, YamlFile.map(mapOf("metadata: containers", yaml.get("containers"))));
        }
    }

    private static void checkRelation(CharmMetadata charm, CharmRelation relation) {
        boolean subordinateAttaches = charm.subordinate()
                && relation.role().equals("requirer")
                && relation.scope().equals("container");
        if (!subordinateAttaches && reserved(charm.name(), relation.name())) {
            throw bad(
                    "charm \"%s\" using a reserved relation name: \"%s\": %s",
                    charm.name(),
                    relation.name(),
                    relation.name().equals("juju")
                            ? "\"juju\" is a reserved name"
                            : "the \"juju-\" prefix is reserved");
        }
        if (!relation.role().equals("requirer") && reserved(charm.name(), relation.interfaceName())) {
            throw bad(
                    "charm \"%s\" relation \"%s\" using a reserved interface: \"%s\"",
                    charm.name(), relation.name(), relation.interfaceName());
        }
        if (relation.name().isBlank() || !relation.name().matches("[A-Za-z][A-Za-z0-9_-]*")) {
            throw bad("charm \"%s\" using an invalid relation name: \"%s\"", charm.name(), relation.name());
        }
    }

    private static boolean reserved(String charm, String name) {
        return name.equals("juju") || name.startsWith("juju-") && !charm.startsWith("juju-") && !charm.equals("juju");
    }

    private static Map<String, CharmRelation> relations(Map<String, Object> yaml, String key, String role) {
        Map<String, CharmRelation> out = new TreeMap<>();
        if (!present(yaml, key)) {
            return out;
        }
        mapOf("metadata: " + key, yaml.get(key)).forEach((name, value) -> {
            String at = "metadata: " + key + "." + name;
            if (value instanceof Scalar) {
                out.put(name, relation(at, name, role, text(at, value), Map.of()));
                return;
            }
            Map<String, Object> map = mapOf(at, value);
            out.put(name, relation(at, name, role, text(at + ".interface", map.get("interface")), map));
        });
        return out;
    }

    private static CharmRelation relation(
            String at, String name, String role, String interfaceName, Map<String, Object> map) {
        if (interfaceName == null || interfaceName.isEmpty()) {
            throw bad("%s.interface: expected string, got nothing", at);
        }
        String scope = text(at + ".scope", map.get("scope"));
        scope = scope == null ? "global" : scope;
        if (!scope.equals("global") && !scope.equals("container")) {
            throw bad("%s.scope: unexpected value \"%s\"", at, scope);
        }
        long limit = number(at + ".limit", map.get("limit"), 0);
        if (limit < 0 || limit > Integer.MAX_VALUE) {
            throw bad("%s.limit: unexpected value %d", at, limit);
        }
        return new CharmRelation(
                name, role, interfaceName, scope, (int) limit, flag(at + ".optional", map.get("optional")));
    }

    private static Map<String, Map<String, Object>> storage(String charm, Object value) {
        Map<String, Map<String, Object>> out = new TreeMap<>();
        if (isNothing(value)) {
            return out;
        }
        mapOf("metadata: storage", value).forEach((name, each) -> {
            String at = "metadata: storage." + name;
            Map<String, Object> map = mapOf(at, each);
            String type = text(at + ".type", map.get("type"));
            if (type == null) {
                throw bad("charm \"%s\" storage \"%s\": type must be specified", charm, name);
            }
            if (!type.equals("block") && !type.equals("filesystem")) {
                throw bad("%s.type: unexpected value \"%s\"", at, type);
            }
            if (!type.equals("filesystem") && present(map, "location")) {
                throw bad(
                        "charm \"%s\" storage \"%s\": location may not be specified for \"type: %s\"",
                        charm, name, type);
            }
            Map<String, Object> plain = YamlFile.map(YamlFile.plain(map));
            long min = 1;
            long max = 1;
            if (present(map, "multiple")) {
                String range = text(
                        at + ".multiple.range",
                        mapOf(at + ".multiple", map.get("multiple")).get("range"));
                var match = COUNT.matcher(range == null ? "" : range);
                if (!match.matches()) {
                    throw bad("%s.multiple.range: value \"%s\" does not match 'm', 'm-n', or 'm+'", at, range);
                }
                try {
                    min = Integer.parseInt(match.group(1));
                    boolean open = match.group(4) != null || match.group(2) != null && match.group(3) == null;
                    max = open ? -1 : match.group(3) != null ? Integer.parseInt(match.group(3)) : min;
                } catch (NumberFormatException huge) {
                    throw bad("%s.multiple.range: \"%s\" is out of range", at, range);
                }
                if (max == 0 || max > 0 && max < min) {
                    throw bad("charm \"%s\" storage \"%s\": invalid maximum count %d", charm, name, max);
                }
            }
            plain.put("count-min", min);
            plain.put("count-max", max);
            out.put(name, plain);
        });
        return out;
    }

    private static Map<String, Map<String, Object>> resources(Object value) {
        Map<String, Map<String, Object>> out = new TreeMap<>();
        if (isNothing(value)) {
            return out;
        }
        mapOf("metadata: resources", value).forEach((name, each) -> {
            String at = "metadata: resources." + name;
            Map<String, Object> map = mapOf(at, each);
            String type = text(at + ".type", map.get("type"));
            type = type == null ? "file" : type;
            if (!type.equals("file") && !type.equals("oci-image")) {
                throw bad("%s.type: unsupported resource type \"%s\"", at, type);
            }
            String filename = text(at + ".filename", map.get("filename"));
            if (type.equals("file") && (filename == null || filename.isEmpty())) {
                throw bad("resource missing filename: \"%s\"", name);
            }
            if (filename != null && filename.contains("/")) {
                throw bad("filename cannot contain \"/\" (got \"%s\")", filename);
            }
            Map<String, Object> plain = YamlFile.map(YamlFile.plain(map));
            plain.put("type", type);
            out.put(name, plain);
        });
        return out;
    }

    private static Map<String, String> bindings(Object value) {
        Map<String, String> out = new TreeMap<>();
        if (!isNothing(value)) {
            mapOf("metadata: extra-bindings", value).forEach((name, each) -> {
                if (name.isEmpty()) {
                    throw bad("metadata: extra-bindings: missing binding name");
                }
                if (!isNothing(each)) {
                    throw bad("metadata: extra-bindings.%s: expected empty value", name);
                }
                out.put(name, name);
            });
        }
        return out;
    }

    private static void checkContainers(CharmMetadata charm, Map<String, Object> containers) {
        containers.forEach((name, value) -> {
            Map<String, Object> container = isNothing(value) ? Map.of() : mapOf("metadata: containers." + name, value);
            String resource = text("metadata: containers." + name + ".resource", container.get("resource"));
            if (resource != null && !charm.resources().containsKey(resource)) {
                throw bad("parsing containers: referenced resource \"%s\" not found", resource);
            }
            if (resource != null
                    && !"oci-image".equals(charm.resources().get(resource).get("type"))) {
                throw bad("parsing containers: referenced resource \"%s\" is not a oci-image", resource);
            }
        });
    }

    private static List<Object> assumes(Object value) {
        if (isNothing(value)) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw bad("metadata: assumes: expected list");
        }
        for (Object each : list) {
            if (each instanceof Scalar) {
                continue;
            }
            Map<String, Object> map = mapOf("metadata: assumes", each);
            if (map.size() != 1 || !(map.containsKey("any-of") || map.containsKey("all-of"))) {
                throw bad(
                        "metadata: assumes: expected \"any-of\" or \"all-of\", got \"%s\"",
                        String.join(", ", map.keySet()));
            }
        }
        return new ArrayList<>((List<?>) YamlFile.plain(value));
    }

    private static String charmUser(Object value) {
        String user = text("metadata: charm-user", value);
        if (user != null && !Set.of("root", "sudoer", "non-root").contains(user)) {
            throw bad("parsing charm-user: invalid charm-user \"%s\" expected one of root, sudoer or non-root", user);
        }
        return user;
    }

    // --- config.yaml

    private Map<String, CharmOption> config() throws IOException {
        byte[] raw = files.read("config.yaml");
        Map<String, CharmOption> out = new TreeMap<>();
        if (raw == null) {
            return out;
        }
        Map<String, Object> yaml = YamlFile.read("config", raw);
        if (yaml == null) {
            throw bad("invalid config: empty configuration");
        }
        if (!present(yaml, "options")) {
            return out;
        }
        mapOf("config: options", yaml.get("options")).forEach((name, value) -> {
            Map<String, Object> map = isNothing(value) ? Map.of() : mapOf("config: options." + name, value);
            String type = text("config: options." + name + ".type", map.get("type"));
            type = type == null || type.isEmpty() ? "string" : type;
            if (!OPTION_TYPES.contains(type)) {
                throw bad("invalid config: option \"%s\" has unknown type \"%s\"", name, type);
            }
            String description = text("config: options." + name + ".description", map.get("description"));
            out.put(
                    name,
                    new CharmOption(
                            name,
                            type,
                            description == null ? "" : description,
                            defaultValue(name, type, map.get("default"))));
        });
        return out;
    }

    private static Object defaultValue(String name, String type, Object value) {
        if (isNothing(value)) {
            return null;
        }
        Object plain = YamlFile.plain(value);
        boolean fits =
                switch (type) {
                    case "int" -> plain instanceof Long;
                    case "float" -> plain instanceof Long || plain instanceof Double;
                    case "boolean" -> plain instanceof Boolean;
                    default -> plain instanceof String;
                };
        if (!fits) {
            throw bad(
                    "invalid config default: option \"%s\" expected %s, got %s",
                    name, type, plain instanceof String text ? "\"" + text + "\"" : plain);
        }
        return plain;
    }

    // --- actions.yaml

    private Map<String, CharmAction> actions() throws IOException {
        Map<String, CharmAction> out = new TreeMap<>();
        byte[] raw = files.read("actions.yaml");
        Map<String, Object> yaml = raw == null ? null : YamlFile.read("actions", raw);
        if (yaml == null) {
            return out;
        }
        yaml.forEach((name, value) -> {
            if (!ACTION.matcher(name).matches()) {
                throw bad("bad action name %s", name);
            }
            if (name.equals("juju") || name.startsWith("juju-")) {
                throw bad("action name %s is reserved for Juju", name);
            }
            Map<String, Object> map = isNothing(value) ? Map.of() : mapOf("actions: " + name, value);
            out.put(name, action(name, map));
        });
        return out;
    }

    private static CharmAction action(String name, Map<String, Object> map) {
        String description = text("actions: " + name + ".description", map.get("description"));
        description = description == null ? "No description" : description;
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("title", name);
        schema.put("description", description);
        schema.put("type", "object");
        schema.put("properties", Map.of());
        for (Map.Entry<String, Object> entry : map.entrySet()) {
            String at = "actions: " + name + "." + entry.getKey();
            switch (entry.getKey()) {
                case "description", "parallel", "execution-group":
                    break;
                case "params":
                    Map<String, Object> params = isNothing(entry.getValue()) ? Map.of() : mapOf(at, entry.getValue());
                    params.forEach((param, rule) -> {
                        mapOf(at + "." + param, rule);
                    });
                    schema.put("properties", YamlFile.plain(params));
                    break;
                case "required":
                    schema.put("required", strings(at, entry.getValue()));
                    break;
                case "additionalProperties":
                    schema.put("additionalProperties", flag(at, entry.getValue()));
                    break;
                default:
                    if (entry.getKey().equals("$ref") || entry.getKey().equals("$schema")) {
                        throw bad("schema key \"%s\" not compatible with this version of juju", entry.getKey());
                    }
                    Object plain = YamlFile.plain(entry.getValue());
                    if (plain != null) {
                        schema.put(entry.getKey(), plain);
                    }
                    break;
            }
        }
        String group = text("actions: " + name + ".execution-group", map.get("execution-group"));
        return new CharmAction(
                name,
                description,
                flag("actions: " + name + ".parallel", map.get("parallel")),
                group == null ? "" : group,
                schema);
    }

    // --- manifest.yaml, revision, version

    /** Null for a v1 charm; a manifest without bases is none either. */
    private CharmManifest manifest() throws IOException {
        byte[] raw = files.read("manifest.yaml");
        Map<String, Object> yaml = raw == null ? null : YamlFile.read("manifest", raw);
        if (yaml == null || !present(yaml, "bases")) {
            return null;
        }
        if (!(yaml.get("bases") instanceof List<?> list)) {
            throw bad("manifest: bases: expected list");
        }
        List<CharmBase> bases = new ArrayList<>();
        for (Object each : list) {
            Map<String, Object> base = mapOf("manifest: bases", each);
            String name = text("manifest: bases.name", base.get("name"));
            String channel = text("manifest: bases.channel", base.get("channel"));
            if (name == null || name.isEmpty()) {
                throw bad("manifest: bases: base without name not valid");
            }
            if (!name.matches("[a-z][a-z0-9-]*")) {
                throw bad("manifest: bases: os \"%s\" not valid", name);
            }
            if (channel == null || !channel.matches("[A-Za-z0-9._-]+(/[a-z]+){0,2}")) {
                throw bad("manifest: bases: base \"%s\" needs a channel", name);
            }
            if (!channel.contains("/")) {
                channel += "/stable";
            }
            bases.add(
                    new CharmBase(name, channel, strings("manifest: bases.architectures", base.get("architectures"))));
        }
        return bases.isEmpty() ? null : new CharmManifest(bases);
    }

    private int revision() throws IOException {
        byte[] raw = files.read("revision");
        if (raw == null) {
            return 0;
        }
        String text = new String(raw, StandardCharsets.UTF_8).strip();
        if (!text.matches("[0-9]{1,9}")) {
            throw bad("invalid revision file: \"%s\"", text.length() > 40 ? text.substring(0, 40) + "…" : text);
        }
        return Integer.parseInt(text);
    }

    private String version() throws IOException {
        byte[] raw = files.read("version");
        if (raw == null) {
            return "";
        }
        // `revision-id: x` was written by older tools; one line counts.
        String text = new String(raw, StandardCharsets.UTF_8).strip();
        int line = text.indexOf('\n');
        text = line < 0 ? text : text.substring(0, line).strip();
        return text.length() > 200 ? text.substring(0, 200) : text;
    }

    // --- values

    private static Refused bad(String message, Object... args) {
        return Problem.notValid("%s", args.length == 0 ? message : String.format(message, args));
    }

    private static boolean isNothing(Object value) {
        return value == null || value instanceof Scalar scalar && scalar.value() == null;
    }

    private static boolean present(Map<String, Object> map, String key) {
        return !isNothing(map.get(key));
    }

    private static Map<String, Object> mapOf(String at, Object value) {
        if (!(value instanceof Map)) {
            throw bad("%s: expected map, got %s", at, shown(value));
        }
        return YamlFile.map(value);
    }

    private static String required(Map<String, Object> yaml, String key) {
        String text = text("metadata: " + key, yaml.get(key));
        if (text == null) {
            throw bad("metadata: %s: expected string, got nothing", key);
        }
        return text;
    }

    /** A string as written, null for nothing. Numbers count as text where text is wanted, as everywhere in charms. */
    private static String text(String at, Object value) {
        if (isNothing(value)) {
            return null;
        }
        if (!(value instanceof Scalar scalar)) {
            throw bad("%s: expected string, got %s", at, shown(value));
        }
        return scalar.text();
    }

    private static boolean flag(String at, Object value) {
        if (isNothing(value)) {
            return false;
        }
        if (value instanceof Scalar scalar && scalar.value() instanceof Boolean flag) {
            return flag;
        }
        throw bad("%s: expected bool, got %s", at, shown(value));
    }

    private static long number(String at, Object value, long fallback) {
        if (isNothing(value)) {
            return fallback;
        }
        if (value instanceof Scalar scalar && scalar.value() instanceof Long number) {
            return number;
        }
        throw bad("%s: expected int, got %s", at, shown(value));
    }

    private static List<String> strings(String at, Object value) {
        if (isNothing(value)) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw bad("%s: expected list, got %s", at, shown(value));
        }
        List<String> out = new ArrayList<>();
        for (Object each : list) {
            String text = text(at, each);
            if (text == null) {
                throw bad("%s: expected string, got nothing", at);
            }
            out.add(text);
        }
        return out;
    }

    private static String shown(Object value) {
        if (isNothing(value)) {
            return "nothing";
        }
        if (value instanceof Scalar scalar) {
            String text = scalar.text().length() > 60 ? scalar.text().substring(0, 60) + "…" : scalar.text();
            return scalar.value() instanceof String ? "\"" + text + "\"" : text;
        }
        return value instanceof List ? "a list" : "a map";
    }
}
