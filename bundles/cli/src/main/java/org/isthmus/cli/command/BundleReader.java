package org.isthmus.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.isthmus.api.Constraints;
import org.isthmus.api.Names;
import org.isthmus.api.OfferUrl;
import org.isthmus.api.Refused;

/** Reads a bundle's documents. It collects what is wrong rather than stop at the first of it. */
final class BundleReader {
    /** A document, and the folder that its relative paths start from. */
    record Source(Object document, Path folder) {}

    private static final Set<String> TOP =
            Set.of("applications", "machines", "saas", "relations", "series", "default-base", "bundle");
    /** They describe the bundle, or are where a YAML author keeps anchors; nothing follows from them. */
    private static final Set<String> TOP_SILENT = Set.of(
            "name", "description", "tags", "docs", "website", "source", "issues", "variables", "type", "summary");

    private static final Set<String> APPLICATION = Set.of(
            "charm",
            "channel",
            "revision",
            "series",
            "base",
            "num_units",
            "scale",
            "to",
            "expose",
            "exposed-endpoints",
            "options",
            "annotations",
            "constraints",
            "trust",
            "offers",
            "bindings");
    private static final Set<String> APPLICATION_REFUSED =
            Set.of("resources", "storage", "devices", "placement", "plan", "requires_trust");
    private static final Set<String> MERGED =
            Set.of("options", "annotations", "offers", "exposed-endpoints", "bindings", "resources", "storage");
    private static final Set<String> MACHINE = Set.of("constraints", "annotations", "series", "base");
    private static final Set<String> ACCESS = Set.of("read", "consume", "admin");
    private static final String FILE = "include-file://";
    private static final String BASE64 = "include-base64://";
    private static final int LARGEST_INCLUDE = 16 << 20;

    private final List<String> errors = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Object> top = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> applications = new LinkedHashMap<>();
    private final Map<String, Object> saas = new LinkedHashMap<>();
    private final List<BundleFile.Relation> relations = new ArrayList<>();
    private Map<String, Object> machines = new LinkedHashMap<>();

    private BundleReader() {}

    /** @param sources the bundle, then its overlays */
    static BundleFile read(List<Source> sources) {
        BundleReader reader = new BundleReader();
        sources.forEach(reader::lay);
        return reader.bundle();
    }

    // ---- laying documents over each other

    private void lay(Source source) {
        if (nothing(source.document())) {
            return;
        }
        if (!(source.document() instanceof Map<?, ?>)) {
            errors.add("a bundle's document must be a mapping");
            return;
        }
        Map<String, Object> document = Data.map(source.document());
        if (document.containsKey("services")) {
            errors.add("\"services\" is not supported by this version: they are called \"applications\"");
        }
        document.forEach((key, value) -> {
            if (TOP.contains(key)) {
                top.put(key, value);
            } else if (!TOP_SILENT.contains(key) && !key.equals("services")) {
                warn("unknown key \"%s\" ignored", key);
            }
        });
        mapping(document.get("applications"), "applications")
                .forEach((name, value) -> application(source, name, value));
        mapping(document.get("saas"), "saas").forEach((name, value) -> {
            if (nothing(value)) {
                saas.remove(name);
                relations.removeIf(r -> r.names(name));
            } else {
                saas.put(name, value);
            }
        });
        if (!nothing(document.get("machines"))) {
            machines = mapping(document.get("machines"), "machines");
        }
        Object listed = document.get("relations");
        if (listed instanceof List<?> list) {
            list.forEach(this::relation);
        } else if (!nothing(listed)) {
            errors.add("\"relations\" must be a list");
        }
    }

    /** An application without anything takes that of the documents before away, with its relations. */
    private void application(Source source, String name, Object value) {
        if (nothing(value) || value instanceof Map<?, ?> map && map.isEmpty()) {
            if (applications.remove(name) == null) {
                errors.add(String.format("application \"%s\" has no charm", name));
            }
            relations.removeIf(r -> r.names(name));
            return;
        }
        if (!(value instanceof Map<?, ?>)) {
            errors.add(String.format("application \"%s\" must be a mapping", name));
            return;
        }
        Map<String, Object> at = applications.computeIfAbsent(name, n -> new LinkedHashMap<>());
        Data.map(value).forEach((key, field) -> {
            Object found = field;
            if (key.equals("options") || key.equals("annotations")) {
                Map<String, Object> included = mapping(field, name + "." + key);
                included.replaceAll((k, v) -> included(source.folder(), name, k, v));
                found = included;
            } else if (key.equals("charm") && field != null && isPath(field.toString())) {
                found = path(source.folder(), field.toString());
            }
            if (MERGED.contains(key) && at.get(key) instanceof Map<?, ?> before && found instanceof Map<?, ?>) {
                Map<String, Object> both = Data.map(before);
                both.putAll(Data.map(found));
                found = both;
            }
            at.put(key, found);
        });
    }

    static boolean isPath(String charm) {
        return charm.startsWith(".")
                || charm.startsWith("/")
                || charm.startsWith("~/")
                || charm.startsWith("local:")
                || charm.endsWith(".charm");
    }

    private static Path path(Path folder, String charm) {
        String text = charm.startsWith("local:") ? charm.substring("local:".length()) : charm;
        return folder.resolve(text).normalize();
    }

    /** The content of the file that a value names. */
    private Object included(Path folder, String application, String key, Object value) {
        if (!(value instanceof String text) || !text.startsWith(FILE) && !text.startsWith(BASE64)) {
            return value;
        }
        boolean plain = text.startsWith(FILE);
        String name = text.substring((plain ? FILE : BASE64).length());
        Path file = folder.resolve(name).normalize();
        try {
            if (Files.isRegularFile(file) && Files.size(file) > LARGEST_INCLUDE) {
                throw new IOException("larger than 16 MiB");
            }
            byte[] bytes = Files.readAllBytes(file);
            return plain
                    ? new String(bytes, StandardCharsets.UTF_8)
                    : Base64.getEncoder().encodeToString(bytes);
        } catch (IOException failure) {
            error(
                    "application \"%s\": cannot include %s for \"%s\": %s",
                    application, name, key, Settings.reason(failure));
            return "";
        }
    }

    /** `[a, b]`, `[a, [b, c]]`, `[[a], [b, c]]`: each of one side with each of the other. */
    private void relation(Object item) {
        if (!(item instanceof List<?> sides) || sides.size() != 2) {
            error("relation %s must have two endpoints", item);
            return;
        }
        List<String> left = side(sides.get(0));
        List<String> right = side(sides.get(1));
        if (left.isEmpty() || right.isEmpty()) {
            error("relation %s must have two endpoints", item);
            return;
        }
        for (String l : left) {
            for (String r : right) {
                relations.add(new BundleFile.Relation(l, r));
            }
        }
    }

    private static List<String> side(Object side) {
        List<String> names = new ArrayList<>();
        for (Object each : side instanceof List<?> list ? list : nothing(side) ? List.of() : List.of(side)) {
            names.add(String.valueOf(each));
        }
        return names;
    }

    // ---- what they say together

    private BundleFile bundle() {
        if ("kubernetes".equals(top.get("bundle"))) {
            errors.add("kubernetes bundles are not supported by this version");
        } else if (top.get("bundle") != null) {
            error("bundle type \"%s\" not valid", top.get("bundle"));
        }
        String base = base("the bundle", text(top.get("default-base")), text(top.get("series")));
        if (applications.isEmpty()) {
            errors.add("at least one application must be specified");
        }
        Map<String, BundleFile.Machine> read = machines(base);
        Map<String, BundleFile.Application> typed = new LinkedHashMap<>();
        applications.forEach((name, at) -> typed.put(name, application(name, at, base)));
        Map<String, String> urls = saas(typed.keySet());
        Set<String> used = new LinkedHashSet<>();
        typed.values().forEach(a -> placements(a, read, used));
        read.keySet().stream()
                .filter(id -> !used.contains(id))
                .forEach(id -> error("machine \"%s\" is not referred to by a placement directive", id));
        relations(typed.keySet(), urls.keySet());
        Map<String, String> offered = new TreeMap<>();
        typed.values().forEach(a -> a.offers().keySet().forEach(offer -> {
            if (offered.putIfAbsent(offer, a.name()) != null) {
                error("offer \"%s\" is made by more than one application", offer);
            }
        }));
        return new BundleFile(
                typed,
                read,
                urls,
                List.copyOf(relations),
                List.copyOf(new LinkedHashSet<>(errors)),
                List.copyOf(new LinkedHashSet<>(warnings)));
    }

    private Map<String, BundleFile.Machine> machines(String base) {
        Map<String, BundleFile.Machine> read = new TreeMap<>(Names.NATURAL);
        machines.forEach((id, value) -> {
            if (!id.matches("0|[1-9][0-9]*")) {
                error("invalid machine id \"%s\" found in machines", id);
                return;
            }
            String what = "machine \"" + id + "\"";
            Map<String, Object> at = mapping(value, "machines." + id);
            at.keySet().stream()
                    .filter(k -> !MACHINE.contains(k))
                    .forEach(k -> warn("unknown key \"%s\" of %s ignored", k, what));
            String own = base(what, text(at.get("base")), text(at.get("series")));
            read.put(
                    id,
                    new BundleFile.Machine(
                            id,
                            own == null ? base : own,
                            constraints(what, at.get("constraints")),
                            texts(at.get("annotations"), "machines." + id + ".annotations")));
        });
        return read;
    }

    private BundleFile.Application application(String name, Map<String, Object> at, String defaultBase) {
        String what = "application \"" + name + "\"";
        if (!Names.isApplication(name)) {
            error("invalid application name \"%s\"", name);
        }
        for (Map.Entry<String, Object> field : at.entrySet()) {
            if (APPLICATION_REFUSED.contains(field.getKey())) {
                if (!empty(field.getValue())) {
                    error("%s: \"%s\" is not supported by this version", what, field.getKey());
                }
            } else if (!APPLICATION.contains(field.getKey())) {
                warn("unknown key \"%s\" of %s ignored", field.getKey(), what);
            }
        }
        if (!empty(at.get("bindings"))) {
            warn("bindings of %s ignored: there is one space", what);
        }
        Path path = at.get("charm") instanceof Path local ? local : null;
        String charm = path == null ? charm(what, text(at.get("charm"))) : null;
        int revision = number(what, "revision", at.get("revision"), -1);
        String channel = text(at.get("channel"));
        if (path != null && revision >= 0) {
            error("%s: cannot specify revision for local charm", what);
        }
        if (path != null && channel != null) {
            error("%s: cannot specify channel for local charm", what);
        }
        if (at.get("num_units") != null && at.get("scale") != null) {
            error("%s: cannot specify both \"num_units\" and \"scale\"", what);
        }
        int units = number(what, "num_units", at.get("num_units"), number(what, "scale", at.get("scale"), 0));
        if (units < 0) {
            error("negative number of units specified on %s", what);
        }
        String own = base(what, text(at.get("base")), text(at.get("series")));
        boolean expose = flag(what, "expose", at.get("expose"));
        Map<String, BundleFile.Exposed> exposed = exposed(what, at.get("exposed-endpoints"));
        if (expose && !exposed.isEmpty()) {
            error("exposed-endpoints cannot be specified together with \"expose: true\" in %s", what);
        }
        Map<String, Object> options = mapping(at.get("options"), name + ".options");
        options.values().removeIf(v -> v == null);
        options.forEach((key, value) -> {
            if (value instanceof Map<?, ?> || value instanceof List<?>) {
                error("%s: option \"%s\" must be a string, a number or a boolean", what, key);
            }
        });
        return new BundleFile.Application(
                name,
                charm,
                path,
                channel,
                revision,
                own == null ? defaultBase : own,
                units,
                side(at.get("to")),
                expose,
                exposed,
                options,
                texts(at.get("annotations"), name + ".annotations"),
                constraints(what, at.get("constraints")),
                flag(what, "trust", at.get("trust")),
                offers(what, at.get("offers")));
    }

    private String charm(String what, String written) {
        if (written == null) {
            error("%s has no charm", what);
            return "";
        }
        String charm = written.startsWith("ch:") ? written.substring(3) : written;
        if (charm.startsWith("cs:") || !charm.matches("([a-z0-9.]+/){0,2}[a-z][a-z0-9-]*")) {
            error("%s: charm \"%s\" is not valid", what, written);
        }
        return charm;
    }

    private void placements(
            BundleFile.Application application, Map<String, BundleFile.Machine> known, Set<String> used) {
        if (application.to().size() > application.units()) {
            error("too many units specified in unit placement for application \"%s\"", application.name());
        }
        for (String to : application.to()) {
            if (to.equals("new")) {
                continue;
            }
            if (to.contains(":") || to.equals("lxd") || to.equals("kvm")) {
                error(
                        "application \"%s\": placement \"%s\" is not supported by this version: containers cannot be asked for",
                        application.name(), to);
            } else if (!to.matches("[0-9]+")) {
                error(
                        "application \"%s\": placement \"%s\" is not supported by this version: use a machine of the bundle",
                        application.name(), to);
            } else if (!known.containsKey(to)) {
                error("placement \"%s\" refers to a machine not defined in this bundle", to);
            }
            used.add(to);
        }
    }

    private Map<String, String> saas(Set<String> applicationNames) {
        Map<String, String> urls = new LinkedHashMap<>();
        saas.forEach((name, value) -> {
            Map<String, Object> at = mapping(value, "saas." + name);
            at.keySet().stream()
                    .filter(k -> !k.equals("url"))
                    .forEach(k -> warn("unknown key \"%s\" of SAAS \"%s\" ignored", k, name));
            if (!Names.isApplication(name)) {
                error("invalid SAAS application name \"%s\"", name);
            }
            if (applicationNames.contains(name)) {
                error("application \"%s\" already exists with SAAS \"%s\" name", name, name);
            }
            String url = text(at.get("url"));
            if (url == null) {
                error("SAAS \"%s\" has no url", name);
                return;
            }
            try {
                if (OfferUrl.parse(url).endpoint() != null) {
                    error("saas offer \"%s\" shouldn't include endpoint", url);
                }
            } catch (Refused wrong) {
                error("invalid offer URL \"%s\" for SAAS \"%s\"", url, name);
            }
            urls.put(name, url);
        });
        return urls;
    }

    private void relations(Set<String> applicationNames, Set<String> saasNames) {
        Set<Set<String>> seen = new LinkedHashSet<>();
        for (BundleFile.Relation relation : relations) {
            for (String side : List.of(relation.left(), relation.right())) {
                if (!IntegrateCommand.ENDPOINT.matcher(side).matches()) {
                    error("invalid relation syntax \"%s\"", side);
                    continue;
                }
                String name = BundleFile.Relation.application(side);
                if (!applicationNames.contains(name) && !saasNames.contains(name)) {
                    error("relation %s refers to application \"%s\" not defined in this bundle", relation, name);
                }
            }
            String left = BundleFile.Relation.application(relation.left());
            String right = BundleFile.Relation.application(relation.right());
            if (left.equals(right)) {
                error("relation %s relates an application to itself", relation);
            } else if (saasNames.contains(left) && saasNames.contains(right)) {
                error("relation %s: both sides are SAAS", relation);
            }
            if (!seen.add(new TreeSet<>(List.of(relation.left(), relation.right())))) {
                error("relation %s is defined more than once", relation);
            }
        }
    }

    private Map<String, BundleFile.Exposed> exposed(String what, Object value) {
        Map<String, BundleFile.Exposed> exposed = new TreeMap<>();
        mapping(value, what + " exposed-endpoints").forEach((endpoint, to) -> {
            Map<String, Object> at = mapping(to, what + " exposed-endpoints." + endpoint);
            at.keySet().stream()
                    .filter(k -> !k.equals("expose-to-spaces") && !k.equals("expose-to-cidrs"))
                    .forEach(k -> warn("unknown key \"%s\" of exposed-endpoints of %s ignored", k, what));
            exposed.put(
                    endpoint,
                    new BundleFile.Exposed(side(at.get("expose-to-spaces")), side(at.get("expose-to-cidrs"))));
        });
        return exposed;
    }

    private Map<String, BundleFile.Offer> offers(String what, Object value) {
        Map<String, BundleFile.Offer> offers = new TreeMap<>();
        mapping(value, what + " offers").forEach((name, offer) -> {
            Map<String, Object> at = mapping(offer, what + " offers." + name);
            if (!Names.isApplication(name)) {
                error("offer name \"%s\" not valid", name);
            }
            at.keySet().stream()
                    .filter(k -> !k.equals("endpoints") && !k.equals("acl"))
                    .forEach(k -> warn("unknown key \"%s\" of offer \"%s\" ignored", k, name));
            List<String> endpoints = side(at.get("endpoints"));
            if (endpoints.isEmpty()) {
                error("offer \"%s\" of %s has no endpoints", name, what);
            }
            Map<String, String> acl = texts(at.get("acl"), "acl of offer \"" + name + "\"");
            acl.forEach((user, access) -> {
                if (!Names.isUser(user)) {
                    error("offer \"%s\": user name \"%s\" not valid", name, user);
                }
                if (!ACCESS.contains(access)) {
                    error("offer \"%s\": \"%s\" offer access not valid", name, access);
                }
            });
            offers.put(name, new BundleFile.Offer(List.copyOf(new LinkedHashSet<>(endpoints)), acl));
        });
        return offers;
    }

    // ---- small words

    private void error(String message, Object... args) {
        errors.add(String.format(message, args));
    }

    private void warn(String message, Object... args) {
        warnings.add(String.format(message, args));
    }

    private Map<String, Object> mapping(Object value, String what) {
        if (!nothing(value) && !(value instanceof Map<?, ?>)) {
            error("\"%s\" must be a mapping", what);
        }
        return Data.map(value);
    }

    private Map<String, String> texts(Object value, String what) {
        Map<String, String> texts = new TreeMap<>();
        mapping(value, what).forEach((key, text) -> texts.put(key, text == null ? "" : text.toString()));
        return texts;
    }

    private static String text(Object value) {
        return value == null || value.toString().isEmpty() ? null : value.toString();
    }

    /** A key without a value; the library reads an empty text. */
    private static boolean nothing(Object value) {
        return value == null || "".equals(value);
    }

    private static boolean empty(Object value) {
        return nothing(value)
                || value instanceof Map<?, ?> map && map.isEmpty()
                || value instanceof List<?> list && list.isEmpty();
    }

    private int number(String what, String key, Object value, int otherwise) {
        if (nothing(value)) {
            return otherwise;
        }
        if (value instanceof Integer number) {
            return number;
        }
        error("%s: \"%s\" must be an integer", what, key);
        return otherwise;
    }

    private boolean flag(String what, String key, Object value) {
        if (!nothing(value) && !(value instanceof Boolean)) {
            error("%s: \"%s\" must be true or false", what, key);
        }
        return Boolean.TRUE.equals(value);
    }

    /** Null where nothing is said. */
    private Constraints constraints(String what, Object value) {
        String text = text(value);
        if (text == null) {
            return null;
        }
        try {
            return Constraints.parse(text);
        } catch (Refused wrong) {
            error(
                    "invalid constraints \"%s\" in %s: %s",
                    text, what, wrong.problem().message());
            return null;
        }
    }

    private String base(String what, String base, String series) {
        String text = base == null ? series : base;
        if (text == null) {
            return null;
        }
        try {
            Bases.parse(text);
            return text;
        } catch (Failure wrong) {
            error("%s: %s", what, wrong.getMessage());
            return null;
        }
    }
}
