package org.isthmus.cli;

import java.nio.file.Path;
import org.isthmus.rpc.ControllerHost;

/**
 * What the commands may use beside the wire API.
 *
 * @param host makes controllers in this container; null outside of one
 * @param home folder of the distribution, with `bin/enter-machine`; null outside of a container
 * @param base folder of the container, with `machines/`; null outside of one
 */
public record Doors(ControllerHost host, Path home, Path base) {
    public static final Doors NONE = new Doors(null, null, null);
}
