package org.isthmus.model;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.model.store.BothWatch;
import org.isthmus.model.store.Watch;
import org.junit.Test;

public final class BothWatchTest {
    private static final Set<Key> A = Set.of(new Key(Kinds.USER, "a"));
    private static final Set<Key> B = Set.of(new Key(Kinds.UNIT, "b"));

    private final Source one = new Source();
    private final Source other = new Source();
    private final BothWatch both = new BothWatch(one, other);

    /** What it is asked is kept. */
    private static final class Source implements Watch {
        private final List<CompletableFuture<Set<Key>>> asked = new ArrayList<>();
        private boolean closed;

        @Override
        public CompletionStage<Set<Key>> changed() {
            asked.add(new CompletableFuture<>());
            return asked.get(asked.size() - 1);
        }

        void tell(Set<Key> keys) {
            asked.get(asked.size() - 1).complete(keys);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private CompletableFuture<Set<Key>> ask() {
        return both.changed().toCompletableFuture();
    }

    @Test
    public void eitherTells() {
        CompletableFuture<Set<Key>> first = ask();
        assertFalse(first.isDone());
        one.tell(A);
        assertEquals(A, first.join());
        CompletableFuture<Set<Key>> second = ask();
        other.tell(B);
        assertEquals(B, second.join());
        // Each has one asker at a time, however often the other tells.
        assertEquals(2, one.asked.size());
        assertEquals(1, other.asked.size());
    }

    @Test
    public void newsBetweenTwoQuestionsWait() {
        CompletableFuture<Set<Key>> first = ask();
        one.tell(A);
        other.tell(B);
        assertEquals(A, first.join());
        assertEquals(B, ask().join());
        assertFalse(ask().isDone());
    }

    @Test
    public void itEndsWithTheFirstOfThem() {
        CompletableFuture<Set<Key>> first = ask();
        other.asked.get(0).completeExceptionally(new IllegalStateException("gone"));
        assertTrue(first.isCompletedExceptionally());
        both.close();
        assertTrue(one.closed && other.closed);
    }
}
