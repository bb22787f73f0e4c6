package org.isthmus.charmstore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.isthmus.spi.CharmSource;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The charms that come with the distribution: its folder `charms`. */
@Component(service = CharmSource.class)
public final class ShippedCharms implements CharmSource {
    private final Path folder;

    @Activate
    public ShippedCharms(BundleContext context) {
        this(home(context).resolve("charms"));
    }

    ShippedCharms(Path folder) {
        this.folder = folder;
    }

    private static Path home(BundleContext context) {
        String home = context.getProperty("isthmus.home");
        home = home == null ? context.getProperty("karaf.home") : home;
        return Path.of(home == null ? "." : home).toAbsolutePath().normalize();
    }

    @Override
    public String name() {
        return "shipped";
    }

    @Override
    public int order() {
        return 100;
    }

    @Override
    public Optional<Found> find(String charm, String channel, int revision, List<String> folders) throws IOException {
        return CharmFolders.find(charm, channel, revision, List.of(folder));
    }

    @Override
    public InputStream open(Found found) throws IOException {
        return CharmFolders.open(found);
    }
}
