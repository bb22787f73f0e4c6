package org.isthmus.store.derby;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class CalmThreadTest {
    @Test(timeout = 30_000)
    public void itOutlivesWorkThatFailsAndThatNobodyWaitsFor() throws Exception {
        try (CalmThread thread = new CalmThread("calm")) {
            assertTrue(thread.later(() -> {
                throw new IllegalStateException("a bug");
            }));
            assertTrue(thread.later(() -> {
                throw new OutOfMemoryError("not really");
            }));
            assertEquals("done", thread.call(() -> "done"));
        }
    }
}
