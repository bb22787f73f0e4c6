package org.isthmus.blob;

import java.io.IOException;
import java.nio.file.Path;
import org.isthmus.model.store.Blobs;
import org.isthmus.model.store.BlobsFactory;
import org.osgi.service.component.annotations.Component;

/** Service of this room. */
@Component(service = BlobsFactory.class)
public final class FolderBlobsFactory implements BlobsFactory {
    @Override
    public Blobs open(Path folder) throws IOException {
        return FolderBlobs.open(folder);
    }
}
