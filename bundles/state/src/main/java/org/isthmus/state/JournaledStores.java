package org.isthmus.state;

import java.io.IOException;
import java.nio.file.Path;
import org.isthmus.model.store.Store;
import org.isthmus.model.store.StoreFactory;
import org.isthmus.spi.JournalFactory;
import org.osgi.service.component.annotations.Component;

/** Service of this room. Holds nothing: what it opens belongs to whoever opened it. */
@Component(service = StoreFactory.class)
public final class JournaledStores implements StoreFactory {
    @Override
    public Store open(String controllerUuid, Path folder, boolean create, JournalFactory journal) throws IOException {
        return JournaledStore.open(controllerUuid, folder, create, journal);
    }
}
