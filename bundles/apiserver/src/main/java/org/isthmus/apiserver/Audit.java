package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.rpc.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who changed what: a line to the logger `org.isthmus.audit`, and Juju's JSON lines (conversation, request, errors) to
 * `audit.log`. Parameters are not written: they may hold secrets.
 */
final class Audit implements AutoCloseable {
    private static final Logger AUDIT = LoggerFactory.getLogger("org.isthmus.audit");
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private static final long SIZE = 300L << 20;
    private static final int BACKUPS = 10;

    private final ObjectMapper json;
    private final Path file;
    private FileChannel out;
    private long size;

    Audit(ObjectMapper json, Path file) throws IOException {
        this.json = json;
        this.file = file;
        open();
    }

    private void open() throws IOException {
        out = FileChannel.open(
                file,
                Set.copyOf(EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        size = out.size();
    }

    /** A user began to talk. */
    void conversation(Connection connection, Caller caller) {
        ObjectNode line = json.createObjectNode();
        ObjectNode at = line.putObject("conversation");
        at.put("who", caller.toString());
        at.put("what", "");
        at.put("when", Instant.now().toString());
        at.put("model-uuid", connection.modelUuid() == null ? "" : connection.modelUuid());
        at.put("conversation-id", conversation(connection));
        at.put("connection-id", Long.toHexString(connection.number()).toUpperCase(java.util.Locale.ROOT));
        at.put("origin", caller.origin());
        write(line);
    }

    void called(Connection connection, Caller caller, Request request, Throwable failure) {
        Problem problem = failure == null ? null : Refused.of(failure);
        String result = failure == null ? "ok" : problem == null ? "internal error" : problem.message();
        AUDIT.info(
                "{} {} {}({}).{} trace={} model={} result={}",
                caller,
                caller.origin(),
                request.type(),
                request.version(),
                request.method(),
                request.trace(),
                connection.modelUuid() == null ? "-" : connection.modelUuid(),
                result);
        ObjectNode line = json.createObjectNode();
        ids(line.putObject("request"), connection, request)
                .put("facade", request.type())
                .put("method", request.method())
                .put("version", request.version())
                .put("who", caller.toString())
                .put("model-uuid", connection.modelUuid() == null ? "" : connection.modelUuid())
                .put("trace", request.trace());
        write(line);
        ObjectNode errors = json.createObjectNode();
        var list = ids(errors.putObject("errors"), connection, request).putArray("errors");
        if (failure == null) {
            list.addNull();
        } else {
            ObjectNode error = list.addObject().put("message", result);
            if (problem != null) {
                error.put("code", problem.code().wire());
            }
        }
        write(errors);
    }

    private static String conversation(Connection connection) {
        return String.format("%016x", connection.number());
    }

    private static ObjectNode ids(ObjectNode at, Connection connection, Request request) {
        return at.put("conversation-id", conversation(connection))
                .put("connection-id", Long.toHexString(connection.number()).toUpperCase(java.util.Locale.ROOT))
                .put("request-id", request.number())
                .put("when", Instant.now().toString());
    }

    private synchronized void write(ObjectNode line) {
        if (out == null) {
            return;
        }
        try {
            byte[] text = (line.toString() + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
            if (size + text.length > SIZE) {
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

    private void roll() throws IOException {
        out.close();
        for (int n = BACKUPS - 1; n >= 0; n--) {
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
