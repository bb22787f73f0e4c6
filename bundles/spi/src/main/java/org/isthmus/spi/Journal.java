package org.isthmus.spi;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Keeps after-images durably; knows nothing of what they mean. One process at a time.
 *
 * <p>A set is a document set: a model's UUID or the controller's.
 */
public interface Journal extends AutoCloseable {
    /** One entity after a change; null bytes: deleted. */
    record Row(String kind, String id, long revision, int schema, byte[] bytes) {}

    /**
     * What one set commits.
     *
     * @param epoch of the set; the append fails when the stored one is higher
     * @param expected revision the set must stand at; 0 makes a new set
     * @param revision after this batch
     * @param summary bytes of the set's summary row, or null to leave it
     */
    record Batch(String set, long epoch, long expected, long revision, List<Row> rows, byte[] summary) {}

    /** Where a set stands. */
    record Head(String set, long epoch, long revision, byte[] summary) {}

    /** Called for each live row of a set. */
    interface RowReader {
        void row(Row row) throws IOException;
    }

    List<Head> heads() throws IOException;

    /** Every live row. Fails with a message that names set, kind and id where a row is damaged. */
    void load(String set, RowReader reader) throws IOException;

    /**
     * Commits all batches in one durable transaction: synced to disk when this returns, nothing of it there when it throws.
     *
     * @throws ConflictException when a set does not stand where a batch expects it
     */
    void append(List<Batch> batches) throws IOException;

    /** Removes sets, durably. */
    void delete(Set<String> sets) throws IOException;

    @Override
    void close() throws IOException;

    /** Another writer was here. */
    final class ConflictException extends IOException {
        private static final long serialVersionUID = 1L;

        public ConflictException(String message) {
            super(message);
        }
    }
}
