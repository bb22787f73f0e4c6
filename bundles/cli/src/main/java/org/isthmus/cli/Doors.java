package org.isthmus.cli;

import java.nio.file.Path;
import org.isthmus.rpc.ControllerHost;
import org.osgi.framework.BundleContext;

/**
 * What the commands may use beside the wire API.
 *
 * @param host makes controllers in this container; null outside of one
 * @param home folder of the distribution, with `bin/enter-machine`; null outside of a container
 * @param base folder of the container, with `machines/`; null outside of one
 */
public record Doors(ControllerHost host, Path home, Path base) {
    public static final Doors NONE = new Doors(null, null, null);

    /** Of a container: folders by `isthmus.home` and `isthmus.base` where they are set, else Karaf's. */
    static Doors of(BundleContext container, ControllerHost host) {
        return new Doors(host, folder(container, "home"), folder(container, "base"));
    }

    private static Path folder(BundleContext container, String which) {
        String own = container.getProperty("isthmus." + which);
        String folder = own == null ? container.getProperty("karaf." + which) : own;
        return Path.of(folder == null ? "." : folder).toAbsolutePath().normalize();
    }
}
