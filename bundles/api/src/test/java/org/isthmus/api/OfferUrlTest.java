package org.isthmus.api;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class OfferUrlTest {

    @Test
    public void everyPartIsFound() {
        assertEquals(
                new OfferUrl("ctrl", "admin", "prod-db", "mysqlservice", "db"),
                OfferUrl.parse("ctrl:admin/prod-db.mysqlservice:db"));
        assertEquals(
                new OfferUrl(null, "admin", "prod-db", "mysqlservice", null),
                OfferUrl.parse("admin/prod-db.mysqlservice"));
        assertEquals(new OfferUrl(null, null, "m", "mysql", null), OfferUrl.parse("m.mysql"));
        assertEquals(new OfferUrl(null, "bob@external", "m", "mysql", null), OfferUrl.parse("bob@external/m.mysql"));
    }

    @Test
    public void twoPartsAreAnEndpointOnlyWithoutDashAndDot() {
        assertEquals(new OfferUrl(null, null, "m", "mysql", "db"), OfferUrl.parse("m.mysql:db"));
        assertEquals(new OfferUrl("ctrl", null, "m", "mysql", null), OfferUrl.parse("ctrl:m.mysql"));
        assertThrows(Refused.class, () -> OfferUrl.parse("m.mysql:nrpe-external"));
    }

    @Test
    public void partialFormsAreForFinding() {
        assertEquals(new OfferUrl("ctrl", null, null, null, null), OfferUrl.parsePartial("ctrl:"));
        assertEquals(new OfferUrl(null, "bob", null, null, null), OfferUrl.parsePartial("bob/"));
        assertEquals(new OfferUrl(null, "bob", "m", null, null), OfferUrl.parsePartial("bob/m"));
        assertThrows(Refused.class, () -> OfferUrl.parse("bob/m"));
        assertThrows(Refused.class, () -> OfferUrl.parse("bob/.mysql"));
    }

    @Test
    public void whatIsNoneIsRefused() {
        for (String text : new String[] {"", ":m.a", "a/b/c.d", "M.a", "m.A", "m.9", "a:b:c:d", "m.a/b", "-/m.a"}) {
            assertThrows(text, Refused.class, () -> OfferUrl.parse(text));
        }
    }

    @Test
    public void aLocalEndpointIsNoUrl() {
        assertFalse(OfferUrl.looksLikeOne("wordpress:db"));
        assertFalse(OfferUrl.looksLikeOne("wordpress"));
        assertTrue(OfferUrl.looksLikeOne("admin/prod-db.mysqlservice"));
        assertTrue(OfferUrl.looksLikeOne("prod-db.mysqlservice:db"));
    }

    @Test
    public void itPrintsAsItReads() {
        for (String text : new String[] {"c:admin/m.a:db", "admin/m.a", "m.a", "m.a:db"}) {
            assertEquals(text, OfferUrl.parse(text).toString());
        }
    }
}
