package org.isthmus.spi;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Service: a place where charms are found by name. The one with the lowest {@link #order()} that knows a name wins. */
public interface CharmSource {
    /** One revision of a charm. {@code source} is `charm-hub` for what is shown as a store's charm. */
    record Found(String name, int revision, String channel, String source, String location) {}

    String name();

    int order();

    /**
     * @param folders value of the controller setting `charm-store-path`, split
     * @param revision -1 for the newest
     */
    Optional<Found> find(String charm, String channel, int revision, List<String> folders) throws IOException;

    /** The charm as a zip archive. */
    InputStream open(Found found) throws IOException;
}
