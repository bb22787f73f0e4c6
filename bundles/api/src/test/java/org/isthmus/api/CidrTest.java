package org.isthmus.api;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.Test;

public final class CidrTest {
    private static Cidr cidr(String text) {
        return Cidr.parse(text);
    }

    @Test
    public void containsWhatIsInside() {
        assertTrue(cidr("0.0.0.0/0").contains(cidr("10.1.2.3")));
        assertTrue(cidr("10.0.0.0/8").contains(cidr("10.255.0.0/16")));
        assertFalse(cidr("10.0.0.0/16").contains(cidr("10.0.0.0/8")));
        assertFalse(cidr("10.0.0.0/8").contains(cidr("11.0.0.0/16")));
        assertFalse(cidr("0.0.0.0/0").contains(cidr("::1")));
        assertTrue(cidr("2001:db8::/32").contains(cidr("2001:db8:1::/48")));
        assertEquals("10.0.0.0/8", cidr("10.1.2.3/8").toString());
    }

    @Test
    public void refusesWhatIsNone() {
        for (String text : List.of(
                "", "a", "localhost", "10.0.0.0/33", "10.0.0.0/x", "10/8", "300.1.1.1", "::1/129", "/8", "cafe")) {
            try {
                cidr(text);
            } catch (Refused refused) {
                assertEquals("invalid CIDR address: " + text, refused.getMessage());
                continue;
            }
            fail("taken: " + text);
        }
    }

    private static String refusal(Runnable what) {
        return assertThrows(Refused.class, what::run).getMessage();
    }

    @Test
    public void whatIsDialledFromIsABlockAndNotEverything() {
        assertEquals("1.2.3.0/24", Cidr.source("1.2.3.4/24").toString());
        assertEquals("invalid CIDR address: 1.2.3.4", refusal(() -> Cidr.source("1.2.3.4")));
        assertEquals("invalid CIDR address: 999.1.1.1/999", refusal(() -> Cidr.source("999.1.1.1/999")));
        for (String everything : List.of("0.0.0.0/0", "1.2.3.4/0", "::/0", "2001:db8::1/0", "0.0.0.0/00")) {
            assertEquals("CIDR \"" + everything + "\" not allowed", refusal(() -> Cidr.source(everything)));
        }
    }

    @Test
    public void blocksLieInOneAnotherOrApart() {
        assertEquals(cidr("10.1.0.0/16"), cidr("10.0.0.0/8").common(cidr("10.1.0.0/16")));
        assertEquals(cidr("10.1.0.0/16"), cidr("10.1.0.0/16").common(cidr("0.0.0.0/0")));
        assertNull(cidr("10.1.0.0/16").common(cidr("10.2.0.0/16")));
        assertNull(cidr("::/0").common(cidr("10.2.0.0/16")));
    }

    @Test
    public void isWrittenInOneWayOnly() {
        assertEquals("2001:db8::/32", cidr("2001:0DB8:0:0::7/32").toString());
        assertEquals("::/0", cidr("::/0").toString());
        assertEquals("::1/128", cidr("0:0:0:0:0:0:0:1").toString());
        assertEquals("2001:db8::1:0:0:1/128", cidr("2001:db8:0:0:1:0:0:1").toString());
        assertEquals("1:2:3:4:5:0:7:8/128", cidr("1:2:3:4:5:0:7:8").toString());
        assertEquals("1::/16", cidr("1:2:3:4:5:6:7:8/16").toString());
    }

    @Test
    public void mergesToTheFewestOfTheSame() {
        assertEquals(
                "[10.0.0.0/23, 10.0.3.0/24]",
                Cidr.merged(List.of(cidr("10.0.3.0/24"), cidr("10.0.1.0/24"), cidr("10.0.0.0/24"), cidr("10.0.1.7")))
                        .toString());
        long seed = System.nanoTime();
        System.out.println("cidrs, seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<Cidr> blocks = new ArrayList<>();
            for (int i = random.nextInt(30); i >= 0; i--) {
                blocks.add(cidr("10.0.0." + random.nextInt(256) + "/" + (24 + random.nextInt(9))));
            }
            List<Cidr> merged = Cidr.merged(blocks);
            for (int host = 0; host < 256; host++) {
                Cidr address = cidr("10.0.0." + host);
                assertEquals(
                        blocks + " " + address,
                        blocks.stream().anyMatch(b -> b.contains(address)),
                        merged.stream().anyMatch(b -> b.contains(address)));
            }
            for (Cidr one : merged) {
                assertEquals(1, merged.stream().filter(m -> m.contains(one)).count());
                assertEquals(merged, Cidr.merged(merged));
            }
        }
    }
}
