package org.isthmus.rpc;

/** Service: figures of one room, shown at `/metrics`. Asked at each scrape, on a pool thread; must not block. */
public interface Metrics {
    void report(Sink sink);

    /** Takes figures. Names are Prometheus': `isthmus_api_requests_total`. */
    interface Sink {
        /** A value that only grows. Labels are names and values in turn. */
        void counter(String name, String help, double value, String... labels);

        /** A value that goes up and down. */
        void gauge(String name, String help, double value, String... labels);
    }
}
