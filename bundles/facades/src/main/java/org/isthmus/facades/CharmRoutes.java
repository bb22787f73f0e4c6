package org.isthmus.facades;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.HttpRoute;
import org.isthmus.rpc.Json;

/** Charm archives over plain HTTP: both ways clients upload a local charm, and both ways it is read again. */
final class CharmRoutes {
    private static final Pattern OBJECT = Pattern.compile("(.+)-([0-9a-f]{7,64})");

    private final ObjectMapper json = Json.newMapper();
    private final CharmDepot depot;

    CharmRoutes(CharmDepot depot) {
        this.depot = depot;
    }

    private interface Handler {
        CompletionStage<HttpRoute.HttpAnswer> handle(Call call, HttpRoute.HttpRequest request) throws IOException;
    }

    private record Route(String method, String pattern, Access access, Handler handler) implements HttpRoute {
        @Override
        public CompletionStage<HttpAnswer> handle(Call call, HttpRequest request) throws IOException {
            return handler.handle(call, request);
        }
    }

    List<HttpRoute> routes() {
        return List.of(
                new Route("POST", "/model/{model}/charms", Access.MODEL_WRITE, this::post),
                new Route("PUT", "/model-{model}/charms/{object}", Access.MODEL_WRITE, this::put),
                new Route("GET", "/model-{model}/charms/{object}", Access.AUTHENTICATED, this::getObject),
                new Route("GET", "/model/{model}/charms", Access.AUTHENTICATED, this::get));
    }

    private CompletionStage<HttpRoute.HttpAnswer> post(Call call, HttpRoute.HttpRequest request) throws IOException {
        String schema = request.query().getOrDefault("schema", "local");
        if (!schema.isEmpty() && !schema.equals("local")) {
            throw Problem.refuse(Code.BAD_REQUEST, "unsupported schema \"%s\"", schema);
        }
        CharmDepot.Stored stored = depot.store(call, request.body());
        String name = request.query().getOrDefault("name", "");
        if (!name.isEmpty() && !name.equals(stored.charm().metadata().name())) {
            throw Problem.refuse(
                    Code.BAD_REQUEST,
                    "name in query \"%s\" does not match the charm's \"%s\"",
                    name,
                    stored.charm().metadata().name());
        }
        return depot.addLocal(call, stored, revision(request.query().get("revision"), stored))
                .thenApply(url -> answer(Map.of("charm-url", url), Map.of()));
    }

    private static int revision(String text, CharmDepot.Stored stored) {
        if (text == null || text.isEmpty()) {
            return stored.charm().revision();
        }
        try {
            return Math.max(Integer.parseInt(text), 0);
        } catch (NumberFormatException notANumber) {
            throw Problem.refuse(Code.BAD_REQUEST, "invalid revision \"%s\"", text);
        }
    }

    private CompletionStage<HttpRoute.HttpAnswer> put(Call call, HttpRoute.HttpRequest request) throws IOException {
        Matcher object = OBJECT.matcher(request.path().getOrDefault("object", ""));
        if (!object.matches()) {
            throw Problem.refuse(
                    Code.BAD_REQUEST,
                    "%s is not a valid charm object path: expected <name>-<first 7 digits of the sha256>",
                    request.path().get("object"));
        }
        String named = request.headers().get("juju-curl");
        if (named == null) {
            throw Problem.refuse(Code.BAD_REQUEST, "the header Juju-Curl is missing");
        }
        CharmReference wanted = CharmReference.parse(named);
        if (!wanted.schema().equals("local")) {
            throw Problem.refuse(Code.BAD_REQUEST, "unsupported schema \"%s\"", wanted.schema());
        }
        CharmDepot.Stored stored = depot.store(call, request.body());
        if (!stored.blob().sha256().startsWith(object.group(2))) {
            throw Problem.refuse(
                    Code.BAD_REQUEST,
                    "content hash %s does not match the path's %s",
                    stored.blob().sha256(),
                    object.group(2));
        }
        if (!wanted.name().equals(stored.charm().metadata().name())) {
            throw Problem.refuse(
                    Code.BAD_REQUEST,
                    "name in header \"%s\" does not match the charm's \"%s\"",
                    wanted.name(),
                    stored.charm().metadata().name());
        }
        return depot.addLocal(
                        call, stored, Math.max(wanted.revision(), stored.charm().revision()))
                .thenApply(url -> answer(Map.of("charm-url", url), Map.of("Juju-Curl", url)));
    }

    /** An agent of the model, or a user who may read it. */
    private static void mayRead(Call call) {
        if (!call.caller().isAgent()) {
            Checks.need(call, call.model().snapshot(), "read");
        }
    }

    private CompletionStage<HttpRoute.HttpAnswer> getObject(Call call, HttpRoute.HttpRequest request)
            throws IOException {
        mayRead(call);
        String name = request.path().getOrDefault("object", "");
        Matcher object = OBJECT.matcher(name);
        if (object.matches()) {
            for (CharmRecord record : call.model().snapshot().by(Kinds.CHARMS_BY_NAME, object.group(1))) {
                if (record.sha256().startsWith(object.group(2))) {
                    return CompletableFuture.completedFuture(archive(call, record));
                }
            }
        }
        throw Problem.notFound("charm", name);
    }

    private CompletionStage<HttpRoute.HttpAnswer> get(Call call, HttpRoute.HttpRequest request) throws IOException {
        mayRead(call);
        String url = request.query().get("url");
        if (url == null || url.isEmpty()) {
            throw Problem.refuse(Code.BAD_REQUEST, "expected url=CharmURL query argument");
        }
        CharmRecord record = call.model().snapshot().need(Kinds.CHARM, url);
        String file = request.query().getOrDefault("file", "");
        if (file.equals("*")) {
            return CompletableFuture.completedFuture(archive(call, record));
        }
        if ("1".equals(request.query().get("icon"))) {
            file = "icon.svg";
        }
        if (file.isEmpty()) {
            return CompletableFuture.completedFuture(answer(Map.of("files", files(call, record)), Map.of()));
        }
        return CompletableFuture.completedFuture(one(call, record, file));
    }

    private HttpRoute.HttpAnswer archive(Call call, CharmRecord record) throws IOException {
        return new HttpRoute.HttpAnswer(
                200,
                "application/zip",
                Map.of("Juju-Curl", record.url()),
                call.controller().blobs().open(record.sha256()));
    }

    private static List<String> files(Call call, CharmRecord record) throws IOException {
        List<String> files = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(call.controller().blobs().open(record.sha256()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    files.add(entry.getName());
                }
            }
        }
        files.sort(null);
        return files;
    }

    /** Streams one file out of the archive; closing the answer's body closes the archive. */
    private static HttpRoute.HttpAnswer one(Call call, CharmRecord record, String file) throws IOException {
        ZipInputStream zip = new ZipInputStream(call.controller().blobs().open(record.sha256()));
        try {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory() && entry.getName().equals(file)) {
                    return new HttpRoute.HttpAnswer(
                            200, "application/octet-stream", Map.of(), new FilterInputStream(zip) {});
                }
            }
        } catch (IOException | RuntimeException failure) {
            zip.close();
            throw failure;
        }
        zip.close();
        throw Problem.notFound("charm file", file);
    }

    private HttpRoute.HttpAnswer answer(Map<String, ?> body, Map<String, String> headers) {
        try {
            InputStream bytes = new ByteArrayInputStream(json.writeValueAsBytes(body));
            return new HttpRoute.HttpAnswer(200, "application/json", headers, bytes);
        } catch (IOException cannotHappen) {
            throw new java.io.UncheckedIOException(cannotHappen);
        }
    }
}
