package org.isthmus.api;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import java.time.Duration;
import org.junit.Test;

public class QuantitiesTest {
    @Test
    public void durationsAsGoWritesThem() {
        assertEquals(Duration.ofMinutes(90), Durations.parse("1h30m"));
        assertEquals(Duration.ofMillis(250), Durations.parse("250ms"));
        assertEquals(Duration.ofMillis(1500), Durations.parse("1.5s"));
        assertEquals(Duration.ofSeconds(-1), Durations.parse("-1s"));
        assertEquals(Duration.ZERO, Durations.parse("0"));
        for (String none : new String[] {"5", "m5", "5m later", "", "-"}) {
            assertNull(none, Durations.parse(none));
        }
    }

    @Test
    public void sizesAsSettingsHaveThem() {
        assertEquals(300L << 20, Sizes.bytes("300M"));
        assertEquals(300L << 20, Sizes.bytes("300"));
        assertEquals(1536L << 20, Sizes.bytes("1.5G"));
        assertEquals(-1, Sizes.bytes("300K"));
        assertEquals(-1, Sizes.bytes("much"));
    }
}
