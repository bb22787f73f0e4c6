package org.isthmus.model;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.isthmus.api.Refused;
import org.junit.Test;

public class LogLevelsTest {
    @Test
    public void theNearestModuleCounts() {
        LogLevels levels = LogLevels.parse("<root>=WARNING; unit=debug unit.mysql/0=ERROR,juju=UNSPECIFIED");
        assertFalse(levels.lets("juju.worker", "INFO"));
        assertTrue(levels.lets("juju.worker", "WARNING"));
        assertTrue(levels.lets("unit.web/0.juju-log", "DEBUG"));
        assertFalse(levels.lets("unit.web/0.juju-log", "TRACE"));
        assertFalse(levels.lets("unit.mysql/0.juju-log", "WARNING"));
        assertFalse("no other module of a like name", levels.lets("units.web", "INFO"));
        assertTrue(levels.lets(null, "ERROR"));
    }

    @Test
    public void aLevelAloneIsTheRoots() {
        assertTrue(LogLevels.parse("TRACE").lets("x", "TRACE"));
        assertFalse(LogLevels.parse("").lets("x", "DEBUG"));
        assertTrue(LogLevels.parse("").lets("x", "INFO"));
        assertTrue("a line that does not say is INFO", LogLevels.parse("INFO").lets("x", null));
        assertFalse(LogLevels.parse("WARNING").lets("x", null));
        assertFalse("the short name", LogLevels.parse("warn").lets("x", "INFO"));
    }

    @Test
    public void whatIsNoneIsRefused() {
        assertEquals("logging-config: unknown severity level \"LOUD\"", refusal("<root>=LOUD"));
        assertEquals("logging-config: expected \"module=level\", found \"unit\"", refusal("unit <root>=INFO"));
        assertEquals("logging-config: expected \"module=level\", found \"=INFO\"", refusal("=INFO"));
    }

    private static String refusal(String text) {
        return assertThrows(Refused.class, () -> LogLevels.parse(text))
                .problem()
                .message();
    }
}
