package org.isthmus.rpc;

import java.util.List;

/** Service: the facades of one bundle. Instances are stateless and shared by all controllers of the container. */
public interface FacadeSet {
    /** Objects whose classes carry {@link Facade}. */
    List<Object> facades();

    /** HTTP routes beside the sockets; may be empty. */
    default List<HttpRoute> routes() {
        return List.of();
    }
}
