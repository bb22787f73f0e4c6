package org.isthmus.model.store;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.isthmus.model.Summary;
import org.isthmus.model.Tx;

/** Everything one controller keeps: its own documents, and those of its models, loaded when first asked for. */
public interface Store extends AutoCloseable {
    Documents controller();

    /** The documents of a model that exists. Loads them if they are idle. */
    Optional<Documents> model(String uuid);

    /** As {@link #model}, but only where they are in memory already: for what is known of busy models and not worth a load. */
    default Optional<Documents> loaded(String uuid) {
        return model(uuid);
    }

    /** Makes a document set; the first decision fills it. Refuses with `already exists`. */
    CompletionStage<Documents> create(String uuid, Consumer<Tx> first);

    /** Forgets a document set for good; watches on it fail with `stopped`. */
    CompletionStage<Void> delete(String uuid);

    Set<String> models();

    /** One row for each model, always current, whether loaded or not. */
    Collection<Summary> summaries();

    Optional<Summary> summary(String uuid);

    Leases leases(String uuid);

    /** What the store counts since it was opened, by name (`state.commits`); for display. */
    default Map<String, Long> metrics() {
        return Map.of();
    }

    /** Writes what is queued, then closes the journal. */
    @Override
    void close();
}
