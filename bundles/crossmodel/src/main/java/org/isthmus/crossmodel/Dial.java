package org.isthmus.crossmodel;

import java.util.concurrent.CompletionStage;
import org.isthmus.rpc.ControllerContext;

/** How controllers are reached. */
interface Dial extends AutoCloseable {
    /** @param target UUID of the other controller; null for the same one */
    CompletionStage<Peer> dial(ControllerContext from, String target);

    @Override
    void close();
}
