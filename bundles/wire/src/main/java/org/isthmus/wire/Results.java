package org.isthmus.wire;

import java.util.List;
import org.isthmus.rpc.Errors.WireError;

/** The answer of a bulk call, item by item, each with a result or an error. */
public record Results<T>(List<Result<T>> results) {

    /** One of both is null and not written. */
    public record Result<T>(T result, WireError error) {}
}
