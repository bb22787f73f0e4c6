package org.isthmus.state;

import java.time.Duration;

/** Calls back later. */
interface Alarm {
    /** @return cancels it */
    Runnable in(Duration delay, Runnable task);
}
