package org.isthmus.apiserver;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.rpc.Errors;

/**
 * One request of a connection, and how it is answered.
 *
 * @param key under which what it does is remembered, empty for none; other people's clients send none
 * @param old written with the capitalised names of the first protocol; answered in kind
 */
record Request(
        long number,
        String type,
        int version,
        String id,
        String method,
        JsonNode params,
        String trace,
        String key,
        boolean old) {
    /** In bytes. Each thread that decides may be making one. */
    static final int LONGEST_ANSWER =
            (int) Math.min(32L << 20, Math.max(24L << 20, Runtime.getRuntime().maxMemory() / 32));

    private static final Pattern TRACE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** Keys are matched without regard to case, as Go does. */
    static Request read(ObjectMapper json, byte[] text) throws IOException {
        JsonNode tree = json.readTree(text);
        if (tree == null || !tree.isObject()) {
            throw new IOException("a request must be a JSON object");
        }
        long number = 0;
        int version = 0;
        String type = "";
        String id = "";
        String method = "";
        String trace = "";
        String key = "";
        JsonNode params = null;
        boolean old = false;
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            JsonNode value = field.getValue();
            switch (field.getKey().toLowerCase(Locale.ROOT)) {
                case "request-id" -> number = number(value);
                case "requestid" -> {
                    number = number(value);
                    old = true;
                }
                case "type" -> type = text(value);
                case "version" -> version = version(value);
                case "id" -> id = text(value);
                case "request" -> method = text(value);
                case "params" -> params = value;
                case "request-key" -> key = text(value);
                case "trace-id" -> trace = text(value);
                default -> {
                    // Later protocols may say more than this one understands.
                }
            }
        }
        if (params == null || params.isNull()) {
            params = JsonNodeFactory.instance.objectNode();
        }
        return new Request(number, type, version, id, method, params, trace(trace), key, old);
    }

    // What is of the wrong kind ends the connection, as in Go: nobody can tell whom to answer. An absent value is none.

    private static long number(JsonNode value) throws IOException {
        if (value.isNull()) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
            throw new IOException("the number of a request must be a whole one");
        }
        return value.asLong();
    }

    private static int version(JsonNode value) throws IOException {
        if (!value.isNull() && (!value.isIntegralNumber() || !value.canConvertToInt())) {
            throw new IOException("a version must be a whole number");
        }
        return value.asInt();
    }

    private static String text(JsonNode value) throws IOException {
        if (!value.isNull() && !value.isTextual()) {
            throw new IOException("names in a request must be strings");
        }
        return value.isNull() ? "" : value.asText();
    }

    /** Enough of it to answer it: what waits long, waits without what was sent with it. */
    Request bare() {
        return new Request(number, type, version, id, method, JsonNodeFactory.instance.objectNode(), trace, "", old);
    }

    /** As people say it: `Application(19).Deploy`. */
    String name() {
        return type + "(" + version + ")." + method;
    }

    /** The one that the peer gave, where it is one, else a new one. */
    static String trace(String given) {
        return given != null && TRACE.matcher(given).matches() ? given : newTrace();
    }

    private static String newTrace() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** The reply's bytes. A null value is an empty object. */
    byte[] answer(ObjectMapper json, Object value) {
        return write(json, generator -> {
            generator.writeFieldName(old ? "Response" : "response");
            if (value == null) {
                generator.writeStartObject();
                generator.writeEndObject();
            } else {
                json.writeValue(generator, value);
            }
        });
    }

    /** Clients look for the key `response` in errors too, and take an empty `error` for a failure. */
    byte[] refusal(ObjectMapper json, Problem problem) {
        return write(json, generator -> {
            String message = Errors.shortened(problem.message());
            generator.writeStringField(
                    old ? "Error" : "error",
                    message == null || message.isEmpty() ? problem.code().wire() + " error" : message);
            if (problem.code() != Code.NONE) {
                generator.writeStringField(
                        old ? "ErrorCode" : "error-code", problem.code().wire());
            }
            if (!problem.info().isEmpty()) {
                generator.writeFieldName(old ? "ErrorInfo" : "error-info");
                json.writeValue(generator, problem.info());
            }
            generator.writeFieldName(old ? "Response" : "response");
            generator.writeStartObject();
            generator.writeEndObject();
        });
    }

    private interface Body {
        void write(JsonGenerator generator) throws IOException;
    }

    private byte[] write(ObjectMapper json, Body body) {
        Bounded out = new Bounded();
        try (JsonGenerator generator = json.getFactory().createGenerator(out)) {
            generator.writeStartObject();
            generator.writeNumberField(old ? "RequestId" : "request-id", number);
            body.write(generator);
            generator.writeEndObject();
        } catch (IOException bug) {
            if (out.full) {
                throw Problem.refuse(
                        Code.QUOTA_LIMIT_EXCEEDED,
                        "quota limit exceeded: the answer is longer than %d MiB, ask for less at a time",
                        LONGEST_ANSWER >> 20);
            }
            throw new UncheckedIOException(bug);
        }
        return out.bytes();
    }

    /** As long as an answer may be: many short items of a request may ask for the same long thing. */
    private static final class Bounded extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        private boolean full;

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int at, int length) throws IOException {
            full |= bytes.size() + length > LONGEST_ANSWER;
            if (full) {
                throw new IOException("too long an answer");
            }
            bytes.write(from, at, length);
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
