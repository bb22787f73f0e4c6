package org.isthmus.model.store;

import java.io.IOException;
import java.nio.file.Path;
import org.isthmus.spi.JournalFactory;

/** Service of room `state`: opens the store of one controller. */
public interface StoreFactory {
    /**
     * @param folder of this controller, `$ISTHMUS_BASE/controllers/UUID`; locked while open
     * @param create false: a folder without a store fails and is never filled
     */
    Store open(String controllerUuid, Path folder, boolean create, JournalFactory journal) throws IOException;
}
