package org.isthmus.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The client's files, in Juju's formats: controllers.yaml, models.yaml, accounts.yaml, clouds.yaml, credentials.yaml. Keys that
 * this client does not know are kept. Writers lock the folder and replace files as wholes; all files are 0600.
 */
public final class JujuData {
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final List<String> ENTRIES = List.of("controllers.yaml", "accounts.yaml", "models.yaml");
    private static final List<String> CHOSEN = List.of("current-model", "previous-model");
    private static final String CHANGED = "has-controller-changed-on-previous-switch";

    private final Path folder;
    private final ObjectMapper yaml;

    public JujuData(Path folder) {
        this.folder = folder;
        // A mapper of this object: nothing of it outlives the bundle.
        this.yaml = new ObjectMapper(YAMLFactory.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                .build());
    }

    /** Where Juju looks: JUJU_DATA, else XDG_DATA_HOME/juju, else HOME/.local/share/juju. */
    public static Path folder(Map<String, String> env) {
        String data = env.get("JUJU_DATA");
        if (data != null && !data.isEmpty()) {
            return Path.of(data);
        }
        String xdg = env.get("XDG_DATA_HOME");
        if (xdg != null && !xdg.isEmpty()) {
            return Path.of(xdg, "juju");
        }
        return Path.of(env.getOrDefault("HOME", "."), ".local", "share", "juju");
    }

    public Path folder() {
        return folder;
    }

    /** What controllers.yaml says of one. {@code agentVersion} and {@code region} may be null. */
    public record ControllerDetails(
            String uuid,
            List<String> addresses,
            String caCert,
            String cloud,
            String region,
            String type,
            String agentVersion) {
        public ControllerDetails {
            addresses = addresses == null ? List.of() : List.copyOf(addresses);
        }

        public Endpoint endpoint() {
            return Endpoint.controller(addresses, caCert);
        }

        public Endpoint endpoint(String modelUuid) {
            return Endpoint.model(addresses, caCert, modelUuid);
        }
    }

    /** What accounts.yaml says of a controller's user. {@code access} is what the user could do at the last login. */
    public record Account(String user, String password, String access) {

        /** Never shows the password. */
        @Override
        public String toString() {
            return user;
        }
    }

    // --- controllers

    public String currentController() throws IOException {
        return text(read("controllers.yaml"), "current-controller");
    }

    public Map<String, ControllerDetails> controllers() throws IOException {
        Map<String, ControllerDetails> all = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each :
                read("controllers.yaml").path("controllers").properties()) {
            JsonNode at = each.getValue();
            List<String> addresses = new ArrayList<>();
            at.path("api-endpoints").forEach(a -> addresses.add(a.asText()));
            all.put(
                    each.getKey(),
                    new ControllerDetails(
                            text(at, "uuid"),
                            addresses,
                            text(at, "ca-cert"),
                            text(at, "cloud"),
                            text(at, "region"),
                            text(at, "type"),
                            text(at, "agent-version")));
        }
        return all;
    }

    /** Adds or replaces one, keeping what else is known of it. */
    public void putController(String name, ControllerDetails details) throws IOException {
        change("controllers.yaml", file -> {
            ObjectNode at = file.withObjectProperty("controllers").withObjectProperty(name);
            at.put("uuid", details.uuid());
            ArrayNode addresses = at.putArray("api-endpoints");
            details.addresses().forEach(addresses::add);
            at.put("ca-cert", details.caCert());
            put(at, "cloud", details.cloud());
            put(at, "region", details.region());
            put(at, "type", details.type());
            put(at, "agent-version", details.agentVersion());
            if (!at.has("controller-machine-count")) {
                at.put("controller-machine-count", 0);
                at.put("active-controller-machine-count", 0);
            }
        });
    }

    /** Writes the files that a controller's entries are in as they are: fails where later writes would. */
    public void needWritable() throws IOException {
        locked(() -> {
            for (String each : ENTRIES) {
                changeLocked(each, file -> file.withObjectProperty("controllers"));
            }
        });
    }

    /** Refuses nothing: null unsets it. Notes the one before as well, and whether it was another, as Juju's client does. */
    public void setCurrentController(String name) throws IOException {
        change("controllers.yaml", file -> {
            String before = text(file, "current-controller");
            boolean another = before != null && !before.equals(name);
            if (another) {
                file.put("previous-controller", before);
            }
            file.put(CHANGED, another);
            put(file, "current-controller", name);
        });
    }

    /** The one that was current before, or null. */
    public String previousController() throws IOException {
        return text(read("controllers.yaml"), "previous-controller");
    }

    /** Whether the last choice was of another controller, not only of another model. */
    public boolean controllerWasChanged() throws IOException {
        return read("controllers.yaml").path(CHANGED).asBoolean();
    }

    /** Forgets a controller in every file. */
    public void removeController(String name) throws IOException {
        locked(() -> {
            changeLocked("controllers.yaml", file -> {
                file.withObjectProperty("controllers").remove(name);
                if (name.equals(text(file, "current-controller"))) {
                    file.remove("current-controller");
                }
                if (name.equals(text(file, "previous-controller"))) {
                    file.remove(List.of("previous-controller", CHANGED));
                }
            });
            for (String each : List.of("models.yaml", "accounts.yaml", "bootstrap-config.yaml")) {
                if (Files.exists(folder.resolve(each))) {
                    changeLocked(
                            each, file -> file.withObjectProperty("controllers").remove(name));
                }
            }
        });
    }

    // --- models

    /** `owner/name`, or null. */
    public String currentModel(String controller) throws IOException {
        return text(read("models.yaml").path("controllers").path(controller), "current-model");
    }

    /** `owner/name` of the one that was current before, or null. */
    public String previousModel(String controller) throws IOException {
        return text(read("models.yaml").path("controllers").path(controller), "previous-model");
    }

    /** UUIDs by `owner/name`. */
    public Map<String, String> models(String controller) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : read("models.yaml")
                .path("controllers")
                .path(controller)
                .path("models")
                .properties()) {
            all.put(each.getKey(), text(each.getValue(), "uuid"));
        }
        return all;
    }

    public void putModel(String controller, String qualifiedName, String uuid) throws IOException {
        change("models.yaml", file -> putModel(modelsOf(file, controller), qualifiedName, uuid));
    }

    /** Makes the file know these and no others. */
    public void setModels(String controller, Map<String, String> uuids) throws IOException {
        change("models.yaml", file -> {
            ObjectNode at = modelsOf(file, controller);
            ObjectNode known = at.withObjectProperty("models");
            List<String> gone = new ArrayList<>();
            known.fieldNames().forEachRemaining(n -> {
                if (!uuids.containsKey(n)) {
                    gone.add(n);
                }
            });
            known.remove(gone);
            uuids.forEach((name, uuid) -> putModel(at, name, uuid));
            for (String chosen : CHOSEN) {
                String model = text(at, chosen);
                if (model != null && !uuids.containsKey(model)) {
                    at.remove(chosen);
                }
            }
        });
    }

    private static ObjectNode modelsOf(ObjectNode file, String controller) {
        return file.withObjectProperty("controllers").withObjectProperty(controller);
    }

    private static void putModel(ObjectNode controller, String name, String uuid) {
        ObjectNode at = controller.withObjectProperty("models").withObjectProperty(name);
        at.put("uuid", uuid);
        if (!at.has("type")) {
            at.put("type", "iaas");
        }
        if (!at.has("branch")) {
            at.put("branch", "master");
        }
    }

    public void removeModel(String controller, String qualifiedName) throws IOException {
        change("models.yaml", file -> {
            ObjectNode at = modelsOf(file, controller);
            at.withObjectProperty("models").remove(qualifiedName);
            for (String chosen : CHOSEN) {
                if (qualifiedName.equals(text(at, chosen))) {
                    at.remove(chosen);
                }
            }
        });
    }

    /** Notes the one before as well, as Juju's client does. */
    public void setCurrentModel(String controller, String qualifiedName) throws IOException {
        change("models.yaml", file -> {
            ObjectNode at = modelsOf(file, controller);
            String before = text(at, "current-model");
            if (before != null && !before.equals(qualifiedName)) {
                at.put("previous-model", before);
            }
            put(at, "current-model", qualifiedName);
        });
    }

    // --- accounts

    /** Null when nobody is logged in there. */
    public Account account(String controller) throws IOException {
        JsonNode at = read("accounts.yaml").path("controllers").path(controller);
        return at.isObject()
                ? new Account(text(at, "user"), text(at, "password"), text(at, "last-known-access"))
                : null;
    }

    public void putAccount(String controller, Account account) throws IOException {
        change("accounts.yaml", file -> {
            ObjectNode at = file.withObjectProperty("controllers").withObjectProperty(controller);
            at.put("user", account.user());
            put(at, "password", account.password());
            put(at, "last-known-access", account.access());
        });
    }

    public void removeAccount(String controller) throws IOException {
        change("accounts.yaml", file -> file.withObjectProperty("controllers").remove(controller));
    }

    // --- clouds and credentials

    /** What clouds.yaml says of the client's own clouds, by name, as it stands there: {type, auth-types, endpoint, regions, config}. */
    public Map<String, JsonNode> clouds() throws IOException {
        return children(read("clouds.yaml").path("clouds"));
    }

    public void putCloud(String name, JsonNode cloud) throws IOException {
        change("clouds.yaml", file -> file.withObjectProperty("clouds").set(name, cloud));
    }

    public void removeCloud(String name) throws IOException {
        change("clouds.yaml", file -> file.withObjectProperty("clouds").remove(name));
    }

    /** The credentials of a cloud by name: {auth-type, attributes…}; `default-credential` and `default-region` are left out. */
    public Map<String, JsonNode> credentials(String cloud) throws IOException {
        Map<String, JsonNode> all =
                children(read("credentials.yaml").path("credentials").path(cloud));
        all.keySet().removeAll(Set.of("default-credential", "default-region"));
        return all;
    }

    public String defaultCredential(String cloud) throws IOException {
        return text(read("credentials.yaml").path("credentials").path(cloud), "default-credential");
    }

    public void putCredential(String cloud, String name, JsonNode credential) throws IOException {
        change("credentials.yaml", file -> file.withObjectProperty("credentials")
                .withObjectProperty(cloud)
                .set(name, credential));
    }

    public void removeCredential(String cloud, String name) throws IOException {
        change("credentials.yaml", file -> file.withObjectProperty("credentials")
                .withObjectProperty(cloud)
                .remove(name));
    }

    // --- files

    private static Map<String, JsonNode> children(JsonNode at) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        at.properties().forEach(e -> all.put(e.getKey(), e.getValue()));
        return all;
    }

    private static String text(JsonNode at, String name) {
        JsonNode value = at.path(name);
        return value.isMissingNode() || value.isNull() ? null : value.asText();
    }

    private static void put(ObjectNode at, String name, String value) {
        if (value == null) {
            at.remove(name);
        } else {
            at.put(name, value);
        }
    }

    /** A file as it is now; empty when it is not there. What cannot be understood is refused: nobody writes over it then. */
    private ObjectNode read(String name) throws IOException {
        Path file = folder.resolve(name);
        try {
            JsonNode tree = yaml.readTree(Files.readString(file));
            if (tree == null || tree.isMissingNode() || tree.isNull()) {
                return yaml.createObjectNode();
            }
            if (tree instanceof ObjectNode object) {
                return object;
            }
            throw new IOException("cannot read " + file + ": expected a map");
        } catch (NoSuchFileException missing) {
            return yaml.createObjectNode();
        } catch (CharacterCodingException damaged) {
            throw new IOException("cannot read " + file + ": not UTF-8", damaged);
        } catch (JsonProcessingException damaged) {
            throw new IOException("cannot read " + file + ": " + damaged.getOriginalMessage(), damaged);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private void change(String name, Consumer<ObjectNode> change) throws IOException {
        locked(() -> changeLocked(name, change));
    }

    private void changeLocked(String name, Consumer<ObjectNode> change) throws IOException {
        ObjectNode tree = read(name);
        try {
            change.accept(tree);
        } catch (UnsupportedOperationException notAMap) {
            throw new IOException("cannot change " + folder.resolve(name) + ": expected a map of maps", notAMap);
        }
        Path half = folder.resolve("." + name + ".new");
        Files.deleteIfExists(half);
        Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                half,
                yaml.writeValueAsString(tree),
                StandardCharsets.UTF_8,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        Files.move(half, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Holds the folder against writers of this and of other processes. */
    private void locked(Work work) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (FileChannel channel = FileChannel.open(
                        folder.resolve(".isthmus.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            work.run();
        }
    }

    private FileLock lock(FileChannel channel) throws IOException {
        long until = System.nanoTime() + WAIT.toNanos();
        while (true) {
            FileLock lock = null;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException thisProcess) {
                // Another command in this very container holds it.
            }
            if (lock != null) {
                return lock;
            }
            if (System.nanoTime() > until) {
                throw new IOException("another command holds " + folder + " for too long");
            }
            try {
                synchronized (this) {
                    // File locks tell nobody when they are free.
                    wait(10);
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for " + folder, interrupted);
            }
        }
    }
}
