package org.isthmus.itests.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** What is reachable in this JVM. */
final class Heap {
    private static final int TIMES = 4;

    private Heap() {}

    /** Bytes used after collections that leave nothing more to collect. */
    static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < TIMES; i++) {
            memory.gc();
            least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
