package org.isthmus.rpc;

import java.io.IOException;
import java.nio.file.Path;

/** Service of room `apiserver`: serves the API of one controller. */
public interface ApiServerFactory {
    /** Makes a CA, and keys and certificate of the server, in this folder. Fails where there is one: never a second CA. */
    void createAuthority(Path folder, String controllerName) throws IOException;

    /** PEM of the CA in this folder; fails where there is none. */
    String caCert(Path folder) throws IOException;

    /**
     * Listens. A port that is taken fails with a message that names the port and, where it can be known, its holder.
     *
     * @param folder of the authority
     * @param address to bind, such as `127.0.0.1`
     * @param port 0 picks a free one
     */
    ApiServer start(ControllerContext controller, Path folder, String address, int port) throws IOException;

    /** A server that listens; closing it closes its connections. */
    interface ApiServer extends AutoCloseable {
        int port();

        int connections();

        @Override
        void close();
    }
}
