package org.isthmus.apiserver;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

/** Messages that are begun and come to no end. */
public class PaceTest {
    private boolean coming;
    private boolean read = true;
    private boolean gone;
    private Runnable look;

    private final Pace pace = new Pace(new Pace.Peer() {
        @Override
        public boolean isMessageComing() {
            return coming;
        }

        @Override
        public boolean isRead() {
            return read;
        }

        @Override
        public void later(Runnable work) {
            assertNull("one look at a time", look);
            look = work;
        }

        @Override
        public void tooSlow() {
            gone = true;
        }
    });

    private void aPeriodPasses() {
        assertNotNull(look);
        Runnable now = look;
        look = null;
        now.run();
    }

    @Test
    public void whoSendsOnIsHeard() {
        coming = true;
        pace.came(1);
        for (int n = 0; n < 100; n++) {
            pace.came(256 << 10);
            aPeriodPasses();
        }
        pace.came(256 << 10);
        coming = false;
        pace.ended();
        aPeriodPasses();
        assertFalse(gone);
        assertNull("nothing is watched while nothing comes", look);
    }

    @Test
    public void whoStopsIsSentAway() {
        pace.came(60 << 20);
        coming = true;
        aPeriodPasses();
        assertFalse("it has another period", gone);
        // What came before does not count for the next one.
        aPeriodPasses();
        assertTrue(gone);
    }

    @Test
    public void dripsAndPingsAreNoProgress() {
        coming = true;
        pace.came(1 << 20);
        pace.came(100);
        for (int n = 0; n < 100_000; n++) {
            pace.came(131);
            pace.aside(131);
        }
        aPeriodPasses();
        pace.came(100);
        aPeriodPasses();
        assertTrue(gone);
    }

    @Test
    public void whoBeganAMomentBeforeTheLookIsNotToBlame() {
        pace.came(6);
        pace.aside(6);
        coming = true;
        pace.came(16 << 10);
        aPeriodPasses();
        assertFalse(gone);
        pace.came(184 << 10);
        coming = false;
        pace.ended();
        aPeriodPasses();
        assertFalse(gone);
    }

    @Test
    public void whoSendsManySmallOnesIsHeard() {
        for (int n = 0; n < 10; n++) {
            coming = true;
            pace.came(10);
            pace.ended();
            aPeriodPasses();
        }
        assertFalse(gone);
    }

    @Test
    public void whoIsNotReadIsNotToBlame() {
        coming = true;
        read = false;
        pace.came(10);
        aPeriodPasses();
        aPeriodPasses();
        assertFalse(gone);
        read = true;
        aPeriodPasses();
        assertFalse(gone);
        aPeriodPasses();
        assertTrue(gone);
        assertEquals(null, look);
    }
}
