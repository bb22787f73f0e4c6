package org.isthmus.model.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/**
 * Large immutable files (charms, resources, agent binaries), named by their SHA-256. A blob is on disk and synced before
 * {@link #put} returns; its commit comes after. Reads verify the hash.
 */
public interface Blobs {
    /** Written and synced. */
    record Blob(String sha256, long size) {}

    /** @param limit refuses more bytes than this with code `quota limit exceeded` */
    Blob put(InputStream content, long limit) throws IOException;

    /** Refuses with `not found`; fails with IOException at the end of the stream when the content is damaged. */
    InputStream open(String sha256) throws IOException;

    boolean has(String sha256);

    /**
     * Removes what nobody refers to, but nothing that was put within the last hour: its commit may still be on its way.
     *
     * @return how many bytes that made free
     */
    long retain(Set<String> referenced) throws IOException;
}
