package org.isthmus.cli.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Pauses between two looks at something that ends by itself. */
final class Waiting {
    private Waiting() {}

    static void pause(long millis) {
        try {
            new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw Failure.cancelled();
        }
    }
}
