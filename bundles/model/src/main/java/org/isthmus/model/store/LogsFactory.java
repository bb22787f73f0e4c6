package org.isthmus.model.store;

import java.io.IOException;
import java.nio.file.Path;

/** Service of room `log`. */
public interface LogsFactory {
    <L extends Logs & AutoCloseable> L open(Path folder) throws IOException;
}
