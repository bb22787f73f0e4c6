package org.isthmus.cli;

import org.isthmus.rpc.ControllerHost;

/**
 * What the commands may use beside the wire API.
 *
 * @param host makes controllers in this container; null outside of one
 */
public record Doors(ControllerHost host) {
    public static final Doors NONE = new Doors(null);
}
