package org.isthmus.store.derby;

import java.io.IOException;
import java.nio.file.Path;
import org.isthmus.spi.Journal;
import org.isthmus.spi.JournalFactory;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Opens journals in folders; each is a database of its own. The engine runs from the first open to {@link #close}. */
@Component(service = JournalFactory.class, property = "isthmus.journal=derby")
public final class DerbyJournals implements JournalFactory {
    private DerbyEngine engine;

    @Override
    public Journal open(Path folder, boolean create) throws IOException {
        return DerbyJournal.open(engine(), folder.toAbsolutePath().normalize(), create);
    }

    synchronized DerbyEngine engine() throws IOException {
        if (engine == null) {
            engine = DerbyEngine.boot();
        }
        return engine;
    }

    /** Stops the engine, with what is still open, and takes its driver out of the JVM's list. */
    @Deactivate
    public synchronized void close() {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }
}
