package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Names;
import org.isthmus.client.JujuData;

/** The files of JUJU_DATA as commands see them: natural order, and a file that cannot be read is the command's failure. */
final class Data {
    record Controller(
            String name,
            String uuid,
            List<String> addresses,
            String caCert,
            String cloud,
            String region,
            String type,
            String agentVersion) {}

    record Account(String user, String password, String access) {}

    private interface Reading<T> {
        T read() throws IOException;
    }

    private interface Writing {
        void write() throws IOException;
    }

    private final JujuData files;
    private final ObjectMapper json;

    Data(JujuData files, ObjectMapper json) {
        this.files = files;
        this.json = json;
    }

    private static <T> T read(Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException failure) {
            throw Failure.of("%s", failure.getMessage());
        }
    }

    private static void write(Writing writing) {
        try {
            writing.write();
        } catch (IOException failure) {
            throw Failure.of("cannot write the client's files: %s", failure.getMessage());
        }
    }

    /** Fails where nothing can be kept, before there is something to keep. */
    void needWritable() {
        write(files::needWritable);
    }

    // ---- controllers

    Map<String, Controller> controllers() {
        Map<String, Controller> all = new TreeMap<>(Names.NATURAL);
        read(files::controllers)
                .forEach((name, at) -> all.put(
                        name,
                        new Controller(
                                name,
                                at.uuid(),
                                at.addresses(),
                                at.caCert(),
                                at.cloud(),
                                at.region(),
                                at.type(),
                                at.agentVersion())));
        return all;
    }

    String currentController() {
        return read(files::currentController);
    }

    /** The one before the current one; null where there is none. */
    String previousController() {
        return read(files::previousController);
    }

    /** Whether the last choice was of another controller, not only of another model. */
    boolean controllerWasChanged() {
        return read(files::controllerWasChanged);
    }

    void setCurrentController(String name) {
        write(() -> files.setCurrentController(name));
    }

    void putController(Controller at) {
        write(() -> files.putController(
                at.name(),
                new JujuData.ControllerDetails(
                        at.uuid(),
                        at.addresses(),
                        at.caCert(),
                        at.cloud(),
                        at.region(),
                        at.type(),
                        at.agentVersion())));
    }

    /** Forgets the controller, its models and its account. */
    void removeController(String name) {
        write(() -> files.removeController(name));
    }

    // ---- accounts

    Account account(String controller) {
        JujuData.Account at = read(() -> files.account(controller));
        return at == null || at.user() == null ? null : new Account(at.user(), at.password(), at.access());
    }

    void putAccount(String controller, Account account) {
        write(() -> files.putAccount(
                controller, new JujuData.Account(account.user(), account.password(), account.access())));
    }

    void removeAccount(String controller) {
        write(() -> {
            files.removeAccount(controller);
            files.setModels(controller, Map.of());
        });
    }

    // ---- models

    /** `owner/name` to UUID. */
    Map<String, String> models(String controller) {
        Map<String, String> all = new TreeMap<>(Names.NATURAL);
        all.putAll(read(() -> files.models(controller)));
        return all;
    }

    String currentModel(String controller) {
        return read(() -> files.currentModel(controller));
    }

    /** The one before the controller's current one; null where there is none. */
    String previousModel(String controller) {
        return read(() -> files.previousModel(controller));
    }

    void setCurrentModel(String controller, String model) {
        write(() -> files.setCurrentModel(controller, model));
    }

    void putModel(String controller, String model, String uuid) {
        write(() -> files.putModel(controller, model, uuid));
    }

    void removeModel(String controller, String model) {
        write(() -> files.removeModel(controller, model));
    }

    /** Makes exactly these the known models; writes nothing where nothing changes. */
    void setModels(String controller, Map<String, String> models) {
        if (!models.equals(models(controller))) {
            write(() -> files.setModels(controller, models));
        }
    }

    // ---- clouds and credentials

    Map<String, Object> clouds() {
        return plain(read(files::clouds));
    }

    void putCloud(String name, Map<String, Object> cloud) {
        write(() -> files.putCloud(name, json.valueToTree(cloud)));
    }

    void removeCloud(String name) {
        write(() -> files.removeCloud(name));
    }

    /** Of the cloud: credential name to its attributes, with `auth-type`. */
    Map<String, Object> credentials(String cloud) {
        return plain(read(() -> files.credentials(cloud)));
    }

    String defaultCredential(String cloud) {
        return read(() -> files.defaultCredential(cloud));
    }

    void putCredential(String cloud, String name, Map<String, Object> attributes) {
        write(() -> files.putCredential(cloud, name, json.valueToTree(attributes)));
    }

    private Map<String, Object> plain(Map<String, JsonNode> nodes) {
        Map<String, Object> values = new TreeMap<>(Names.NATURAL);
        nodes.forEach((name, node) -> values.put(name, json.convertValue(node, Object.class)));
        return values;
    }

    static Map<String, Object> map(Object value) {
        Map<String, Object> typed = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((k, v) -> typed.put(String.valueOf(k), v));
        }
        return typed;
    }

    static String text(Map<String, Object> at, String key) {
        Object value = at.get(key);
        return value == null || value.toString().isEmpty() ? null : value.toString();
    }
}
