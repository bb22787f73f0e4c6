package org.isthmus.state;

import java.io.IOException;
import org.isthmus.model.Summary;

/** The place of one model in a store, loaded or not. */
final class Slot {
    enum Stage {
        MAKING,
        PRESENT,
        REMOVING
    }

    /** How the documents come from the journal. */
    interface Loader {
        DocumentSet load() throws IOException;
    }

    private volatile Stage stage;
    private volatile Summary summary;
    /** Where it stands in the journal until it is loaded: nobody writes what is not loaded. */
    private final long revision;

    private DocumentSet documents;
    private LeaseClock leases;

    private Slot(Stage stage, Summary summary, long revision) {
        this.stage = stage;
        this.summary = summary;
        this.revision = revision;
    }

    static Slot making() {
        return new Slot(Stage.MAKING, null, 0);
    }

    static Slot present(Summary summary, long revision) {
        return new Slot(Stage.PRESENT, summary, revision);
    }

    long revision() {
        return revision;
    }

    boolean isPresent() {
        return stage == Stage.PRESENT;
    }

    Summary summary() {
        return summary;
    }

    void summary(Summary newSummary) {
        summary = newSummary;
    }

    /** The documents, loaded by whoever asks first; others wait for it. Null when the model is not there. */
    synchronized DocumentSet documents(Loader loader) throws IOException {
        if (!isPresent()) {
            return null;
        }
        if (documents == null) {
            documents = loader.load();
        }
        return documents;
    }

    /** Null while it is not loaded. */
    synchronized DocumentSet loaded() {
        return documents;
    }

    synchronized void made(DocumentSet set) {
        documents = set;
        stage = Stage.PRESENT;
    }

    synchronized void removing(boolean begin) {
        stage = begin ? Stage.REMOVING : Stage.PRESENT;
    }

    synchronized LeaseClock leases() {
        return leases;
    }

    synchronized void leases(LeaseClock clock) {
        leases = clock;
    }
}
