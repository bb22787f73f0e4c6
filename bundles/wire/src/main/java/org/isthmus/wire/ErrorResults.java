package org.isthmus.wire;

import java.util.List;
import org.isthmus.rpc.Errors.WireError;

/** The answer of bulk calls that only succeed or fail, item by item. */
public record ErrorResults(List<ErrorResult> results) {

    /** @param error null where it succeeded */
    public record ErrorResult(WireError error) {}
}
