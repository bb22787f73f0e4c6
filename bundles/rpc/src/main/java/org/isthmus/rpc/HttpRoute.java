package org.isthmus.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A plain HTTP route beside the sockets, such as the upload of charms. Bodies are streamed; handlers run on the pool for
 * blocking work.
 */
public interface HttpRoute {
    /** `GET`, `PUT` or `POST`. */
    String method();

    /** With names in braces, one path segment each or a part of one: `/model/{model}/charms`, `/model-{model}/charms/{object}`. */
    String pattern();

    /** Checked before the body is read. Of a route with `{model}`, the model's documents are the call's. */
    Access access();

    CompletionStage<HttpAnswer> handle(Call call, HttpRequest request) throws IOException;

    /** @param path values of the pattern's names; query has the first value of each parameter; header names in lower case */
    record HttpRequest(
            Map<String, String> path, Map<String, String> query, Map<String, String> headers, InputStream body) {}

    /** The body is streamed and closed; null for none. */
    record HttpAnswer(int status, String contentType, Map<String, String> headers, InputStream body) {}
}
