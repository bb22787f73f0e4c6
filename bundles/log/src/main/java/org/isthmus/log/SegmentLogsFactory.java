package org.isthmus.log;

import java.io.IOException;
import java.nio.file.Path;
import org.isthmus.model.store.Logs;
import org.isthmus.model.store.LogsFactory;
import org.osgi.service.component.annotations.Component;

/** Service of this room. */
@Component(service = LogsFactory.class)
public final class SegmentLogsFactory implements LogsFactory {
    @Override
    @SuppressWarnings("unchecked") // the contract says "both of these"; Java has no name for that
    public <L extends Logs & AutoCloseable> L open(Path folder) throws IOException {
        return (L) SegmentLogs.open(folder);
    }
}
