package org.isthmus.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;

/**
 * Plain HTTPS beside the sockets: uploads, downloads. Logs in with each request. A refusal fails the stage with
 * {@link org.isthmus.api.Refused}.
 */
public final class Https {
    private final Dialer dialer;
    private final Endpoint endpoint;
    private final Login login;
    private final Duration timeout;

    /** @param timeout until the answer's headers are there; bodies may take longer */
    public Https(Dialer dialer, Endpoint endpoint, Login login, Duration timeout) {
        this.dialer = dialer;
        this.endpoint = endpoint;
        this.login = login;
        this.timeout = timeout;
    }

    /** A JSON answer, and its headers. */
    public record Answer(JsonNode body, Map<String, String> headers) {}

    /**
     * Sends a file. Not with `Expect: 100-continue`: the JDK's client hangs when the answer is a refusal (seen on 17.0.15).
     *
     * @param method `PUT` or `POST`
     * @param path with query, such as `/model/UUID/charms?series=jammy`
     */
    public CompletionStage<Answer> upload(
            String method, String path, Path file, String contentType, Map<String, String> headers) {
        HttpRequest.BodyPublisher body;
        try {
            body = HttpRequest.BodyPublishers.ofFile(file);
        } catch (FileNotFoundException missing) {
            return CompletableFuture.failedFuture(missing);
        }
        return json(method, path, body, contentType, headers);
    }

    public CompletionStage<Answer> upload(
            String method, String path, byte[] content, String contentType, Map<String, String> headers) {
        return json(method, path, HttpRequest.BodyPublishers.ofByteArray(content), contentType, headers);
    }

    public CompletionStage<Answer> get(String path) {
        return json("GET", path, HttpRequest.BodyPublishers.noBody(), null, Map.of());
    }

    /** The answer's bytes as they come; the caller closes them. */
    public CompletionStage<InputStream> download(String path) {
        return send("GET", path, HttpRequest.BodyPublishers.noBody(), null, Map.of())
                .thenApply(HttpResponse::body);
    }

    private CompletionStage<Answer> json(
            String method,
            String path,
            HttpRequest.BodyPublisher body,
            String contentType,
            Map<String, String> headers) {
        return send(method, path, body, contentType, headers)
                .thenApplyAsync(
                        answer -> {
                            Map<String, String> first = new java.util.TreeMap<>();
                            answer.headers()
                                    .map()
                                    .forEach((name, values) ->
                                            first.put(name.toLowerCase(java.util.Locale.ROOT), values.get(0)));
                            return new Answer(read(answer.body()), Map.copyOf(first));
                        },
                        dialer.pool());
    }

    private JsonNode read(InputStream body) {
        try (body) {
            byte[] bytes = body.readAllBytes();
            return bytes.length == 0
                    ? dialer.json().createObjectNode()
                    : dialer.json().readTree(bytes);
        } catch (IOException failed) {
            throw new CompletionException(failed);
        }
    }

    private CompletionStage<HttpResponse<InputStream>> send(
            String method,
            String path,
            HttpRequest.BodyPublisher body,
            String contentType,
            Map<String, String> headers) {
        CompletableFuture<HttpResponse<InputStream>> result = new CompletableFuture<>();
        HttpClient client;
        try {
            client = dialer.client(endpoint.caCert());
        } catch (IOException bad) {
            return CompletableFuture.failedFuture(bad);
        }
        attempt(client, endpoint.addresses().iterator(), method, path, body, contentType, headers, result, null);
        return result;
    }

    private void attempt(
            HttpClient client,
            Iterator<String> addresses,
            String method,
            String path,
            HttpRequest.BodyPublisher body,
            String contentType,
            Map<String, String> headers,
            CompletableFuture<HttpResponse<InputStream>> result,
            Throwable last) {
        if (!addresses.hasNext()) {
            result.completeExceptionally(
                    last == null ? new IOException("no API addresses of the controller are known") : last);
            return;
        }
        String address = addresses.next();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://" + address + path))
                .method(method, body)
                .timeout(timeout);
        if (login != null) {
            request.header("Authorization", basic(login));
            if (login.nonce() != null && !login.nonce().isEmpty()) {
                request.header("X-Juju-Nonce", login.nonce());
            }
        }
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        headers.forEach(request::header);
        client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream())
                .whenCompleteAsync(
                        (answer, failure) -> {
                            Throwable cause =
                                    failure instanceof CompletionException wrapped && wrapped.getCause() != null
                                            ? wrapped.getCause()
                                            : failure;
                            if (cause instanceof ConnectException
                                    || cause instanceof java.net.http.HttpConnectTimeoutException) {
                                // Nobody has read anything of it: another address may be tried.
                                attempt(
                                        client,
                                        addresses,
                                        method,
                                        path,
                                        body,
                                        contentType,
                                        headers,
                                        result,
                                        new IOException(
                                                "cannot connect to " + address + ": " + Dialer.reason(cause), cause));
                            } else if (cause != null) {
                                result.completeExceptionally(
                                        cause instanceof HttpTimeoutException
                                                ? new IOException("no answer from " + address + " in time", cause)
                                                : cause);
                            } else if (answer.statusCode() >= 300) {
                                result.completeExceptionally(refusal(answer));
                            } else {
                                result.complete(answer);
                            }
                        },
                        dialer.pool());
    }

    /** `Basic` with the tag as the user, as Juju's clients send it. */
    static String basic(Login login) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((login.tag() + ":" + login.password()).getBytes(StandardCharsets.UTF_8));
    }

    private Throwable refusal(HttpResponse<InputStream> answer) {
        String message = "the controller answered with status " + answer.statusCode();
        Code code =
                switch (answer.statusCode()) {
                    case 401 -> Code.UNAUTHORIZED;
                    case 403 -> Code.FORBIDDEN;
                    case 404 -> Code.NOT_FOUND;
                    case 405 -> Code.METHOD_NOT_ALLOWED;
                    case 503 -> Code.TRY_AGAIN;
                    default -> Code.NONE;
                };
        try (InputStream body = answer.body()) {
            JsonNode tree = dialer.json().readTree(body.readNBytes(1 << 16));
            JsonNode error = tree.path("error");
            if (error.isObject()) {
                message = error.path("message").asText(message);
                code = Code.ofWire(error.path("code").asText(code.wire()));
            } else if (error.isTextual() && !error.asText().isEmpty()) {
                message = error.asText();
                code = Code.ofWire(tree.path("error-code").asText(code.wire()));
            }
        } catch (JsonProcessingException plain) {
            // Not this server's kind of answer; its status says enough.
        } catch (IOException gone) {
            return gone;
        }
        return new org.isthmus.api.Refused(new Problem(code, message));
    }
}
