package org.isthmus.crossmodel;

import org.slf4j.MDC;

/** While it is open, what this thread asks and submits bears the trace of the request that it follows from. */
final class Traced implements AutoCloseable {
    private final String before = MDC.get("trace");

    /** @param trace null for none */
    Traced(String trace) {
        put(trace);
    }

    private static void put(String trace) {
        if (trace == null) {
            MDC.remove("trace");
        } else {
            MDC.put("trace", trace);
        }
    }

    @Override
    public void close() {
        put(before);
    }
}
