package org.isthmus.model.store;

import java.io.IOException;
import java.nio.file.Path;

/** Service of room `blob`. */
public interface BlobsFactory {
    Blobs open(Path folder) throws IOException;
}
