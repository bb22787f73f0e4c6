package org.isthmus.spi;

import java.io.IOException;
import java.nio.file.Path;

/** Service of a store plug-in; service property `isthmus.journal` names it, such as `derby`. */
public interface JournalFactory {
    /** @param create false: fails with NoSuchFileException when nothing is there */
    Journal open(Path folder, boolean create) throws IOException;
}
