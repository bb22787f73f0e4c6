package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.api.Sizes;
import org.isthmus.rpc.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who changed what: a line to the logger `org.isthmus.audit`, and Juju's JSON lines (conversation, request, errors) to
 * `audit.log`. The settings `auditing-enabled` and `audit-log-…` rule it, from the next call on.
 */
final class Audit implements AutoCloseable {
    private static final Logger AUDIT = LoggerFactory.getLogger("org.isthmus.audit");
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private static final long SIZE = 300L << 20;
    private static final int BACKUPS = 10;
    /** The word that stands for all methods which change nothing. */
    private static final String READ_ONLY = "ReadOnlyMethods";

    private static final Pattern SECRET = Pattern.compile(
            ".*(passw|secret|credential|attrs|token|macaroon|private|key|data).*", Pattern.CASE_INSENSITIVE);

    private final ObjectMapper json;
    private final Path file;
    private final Supplier<Map<String, Object>> settings;
    private FileChannel out;
    private long size;

    /** @param settings of the controller, as they are now */
    Audit(ObjectMapper json, Path file, Supplier<Map<String, Object>> settings) throws IOException {
        this.json = json;
        this.file = file;
        this.settings = settings;
        open();
    }

    /**
     * One call that was answered.
     *
     * @param connection 0 for a plain HTTP request
     * @param number the request's on its connection
     * @param params null for what has none
     * @param failure null for a success
     */
    record Done(
            long connection,
            long number,
            Caller caller,
            String model,
            String facade,
            int version,
            String method,
            String trace,
            JsonNode params,
            Throwable failure) {}

    private void open() throws IOException {
        out = FileChannel.open(
                file,
                Set.copyOf(EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        size = out.size();
    }

    /** Whether such a call is to be written down. */
    boolean wants(String facade, String method, boolean mutates) {
        Map<String, Object> now = settings.get();
        if (!flag(now, "auditing-enabled", true)) {
            return false;
        }
        Object excluded = now.get("audit-log-exclude-methods");
        if (excluded == null) {
            return mutates;
        }
        Collection<String> words = excluded instanceof Collection<?> list
                ? list.stream().map(String::valueOf).toList()
                : Arrays.stream(excluded.toString().split(","))
                        .map(String::strip)
                        .toList();
        return !words.contains(facade + "." + method) && (mutates || !words.contains(READ_ONLY));
    }

    private static boolean flag(Map<String, Object> settings, String name, boolean fallback) {
        Object value = settings.get(name);
        return value == null ? fallback : Boolean.parseBoolean(value.toString());
    }

    /** A user began to talk. */
    void conversation(Connection connection, Caller caller) {
        if (!flag(settings.get(), "auditing-enabled", true)) {
            return;
        }
        ObjectNode line = json.createObjectNode();
        ObjectNode at = line.putObject("conversation");
        at.put("who", caller.toString());
        at.put("what", "");
        at.put("when", Instant.now().toString());
        at.put("model-uuid", connection.modelUuid() == null ? "" : connection.modelUuid());
        at.put("conversation-id", conversation(connection.number()));
        at.put("connection-id", hex(connection.number()));
        at.put("origin", caller.origin());
        write(line);
    }

    void called(Done done) {
        Problem problem = done.failure() == null ? null : Refused.of(done.failure());
        String result = done.failure() == null ? "ok" : problem == null ? "internal error" : problem.message();
        String model = done.model() == null ? "" : done.model();
        AUDIT.info(
                "{} {} {}({}).{} trace={} model={} result={}",
                done.caller(),
                done.caller().origin(),
                done.facade(),
                done.version(),
                done.method(),
                done.trace(),
                model.isEmpty() ? "-" : model,
                result);
        ObjectNode line = json.createObjectNode();
        ObjectNode request = ids(line.putObject("request"), done)
                .put("facade", done.facade())
                .put("method", done.method())
                .put("version", done.version())
                .put("who", done.caller().toString())
                .put("model-uuid", model)
                .put("trace", done.trace());
        if (done.params() != null && flag(settings.get(), "audit-log-capture-args", false)) {
            request.put("args", withoutSecrets(done.params()).toString());
        }
        write(line);
        ObjectNode errors = json.createObjectNode();
        var list = ids(errors.putObject("errors"), done).putArray("errors");
        if (done.failure() == null) {
            list.addNull();
        } else {
            ObjectNode error = list.addObject().put("message", result);
            if (problem != null) {
                error.put("code", problem.code().wire());
            }
        }
        write(errors);
    }

    /** A copy in which what may be a secret is not to be read. */
    static JsonNode withoutSecrets(JsonNode value) {
        if (value.isArray()) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            value.forEach(each -> copy.add(withoutSecrets(each)));
            return copy;
        }
        if (!value.isObject()) {
            return value;
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        value.properties().forEach(field -> {
            boolean hidden =
                    SECRET.matcher(field.getKey()).matches() && !field.getKey().endsWith("-tag");
            copy.set(field.getKey(), hidden ? TextNode.valueOf("…") : withoutSecrets(field.getValue()));
        });
        return copy;
    }

    private static String conversation(long connection) {
        return String.format("%016x", connection);
    }

    private static String hex(long number) {
        return Long.toHexString(number).toUpperCase(Locale.ROOT);
    }

    private static ObjectNode ids(ObjectNode at, Done done) {
        return at.put("conversation-id", conversation(done.connection()))
                .put("connection-id", hex(done.connection()))
                .put("request-id", done.number())
                .put("when", Instant.now().toString());
    }

    private synchronized void write(ObjectNode line) {
        if (out == null) {
            return;
        }
        try {
            byte[] text = (line.toString() + "\n").getBytes(StandardCharsets.UTF_8);
            if (size > 0 && size + text.length > mostBytes()) {
                roll();
            }
            ByteBuffer buffer = ByteBuffer.wrap(text);
            while (buffer.hasRemaining()) {
                size += out.write(buffer);
            }
        } catch (IOException failed) {
            LOG.error("cannot write {}", file, failed);
        }
    }

    private long mostBytes() {
        Object most = settings.get().get("audit-log-max-size");
        return most == null ? SIZE : Sizes.bytes(most.toString());
    }

    private void roll() throws IOException {
        Object kept = settings.get().get("audit-log-max-backups");
        int backups = kept == null ? BACKUPS : Integer.parseInt(kept.toString().strip());
        out.close();
        if (backups == 0) {
            Files.deleteIfExists(file);
        }
        for (int n = backups - 1; n >= 0; n--) {
            Path from = n == 0 ? file : file.resolveSibling(file.getFileName() + "." + n);
            if (Files.exists(from)) {
                Files.move(
                        from,
                        file.resolveSibling(file.getFileName() + "." + (n + 1)),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        open();
    }

    @Override
    public synchronized void close() {
        if (out != null) {
            try {
                out.close();
            } catch (IOException failed) {
                LOG.warn("cannot close {}", file, failed);
            }
            out = null;
        }
    }
}
