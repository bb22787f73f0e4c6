package org.isthmus.agent.unit;

import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

public class AppointmentsTest {
    private static final Duration RENEWAL = Duration.ofMinutes(1);

    /** Such as one that waits for its subordinates: a moment that nobody takes up would wake it again and again. */
    @Test
    public void aUnitThatGoesWaitsForNoUpdateStatus() {
        UnitAgent.Times times =
                new UnitAgent.Times(Duration.ZERO, Duration.ZERO, Duration.ZERO, RENEWAL, Duration.ZERO);
        Appointments appointments = new Appointments(times, new Random(1));
        appointments.begin();
        long now = System.nanoTime();
        appointments.claimed(now);
        appointments.updateStatusAfter(1);
        assertTrue(appointments.next(false, false, true) - now < TimeUnit.SECONDS.toNanos(30));
        assertTrue(appointments.next(false, false, false) - now == RENEWAL.toNanos());
    }
}
