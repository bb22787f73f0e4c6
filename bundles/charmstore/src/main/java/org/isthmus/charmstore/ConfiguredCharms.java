package org.isthmus.charmstore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.isthmus.spi.CharmSource;
import org.osgi.service.component.annotations.Component;

/** The folders that the controller's setting `charm-store-path` names: an operator's own store, before the shipped charms. */
@Component(service = CharmSource.class)
public final class ConfiguredCharms implements CharmSource {
    @Override
    public String name() {
        return "charm-store-path";
    }

    @Override
    public int order() {
        return 10;
    }

    @Override
    public Optional<Found> find(String charm, String channel, int revision, List<String> folders) throws IOException {
        List<Path> paths = folders.stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(Path::of)
                .filter(Path::isAbsolute)
                .toList();
        return CharmFolders.find(charm, channel, revision, paths);
    }

    @Override
    public InputStream open(Found found) throws IOException {
        return CharmFolders.open(found);
    }
}
