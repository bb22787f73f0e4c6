package org.isthmus.itests.benchmark;

import java.util.function.Consumer;

/** Something with an end that is not AutoCloseable. */
record Closing<T>(T value, Consumer<T> end) implements AutoCloseable {
    @Override
    public void close() {
        end.accept(value);
    }
}
