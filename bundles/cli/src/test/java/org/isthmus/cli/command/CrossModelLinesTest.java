package org.isthmus.cli.command;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.junit.Test;

/** How the lines of the commands across models and of users are read, and what is said of wrong ones. */
public class CrossModelLinesTest {
    private static String wrong(org.junit.function.ThrowingRunnable reading) {
        Throwable thrown = assertThrows(Throwable.class, reading);
        assertTrue(thrown.toString(), thrown instanceof Failure || thrown instanceof Refused);
        return thrown.getMessage();
    }

    // ---- offer

    @Test
    public void offerTakesEndpointsOfAnApplication() {
        assertEquals(
                new OfferCommand.Endpoints(null, "mysql", List.of("db")), OfferCommand.Endpoints.parse("mysql:db"));
        assertEquals(
                new OfferCommand.Endpoints("prod-db", "mysql", List.of("db", "db-admin")),
                OfferCommand.Endpoints.parse("prod-db.mysql:db,db-admin"));
        assertEquals(
                new OfferCommand.Endpoints("bob/prod-db", "mysql", List.of("db")),
                OfferCommand.Endpoints.parse("bob/prod-db.mysql:db,db"));
        assertEquals(
                new OfferCommand.Endpoints("b.o.b/m", "mysql", List.of("db")),
                OfferCommand.Endpoints.parse("b.o.b/m.mysql:db"));
    }

    @Test
    public void offerRefusesOthers() {
        String form = "endpoints must conform to format \"<application-name>:<endpoint-name>[,...]\"";
        for (String text : List.of("mysql", "mysql:", "mysql:db,", "mysql:,db", "a:b:c", "mysql:d b")) {
            assertEquals(text, form, wrong(() -> OfferCommand.Endpoints.parse(text)));
        }
        assertEquals("application name \"123\" not valid", wrong(() -> OfferCommand.Endpoints.parse("123:db")));
        assertEquals("application name \"\" not valid", wrong(() -> OfferCommand.Endpoints.parse(":db")));
        assertEquals("model name \"Bad\" not valid", wrong(() -> OfferCommand.Endpoints.parse("Bad.mysql:db")));
        assertEquals("user name \"-x\" not valid", wrong(() -> OfferCommand.Endpoints.parse("-x/m.mysql:db")));
    }

    // ---- integrate

    @Test
    public void integrateKeepsTheOrderAndTheEndpoint() {
        IntegrateCommand.Sides sides =
                IntegrateCommand.Sides.parse(List.of("wordpress:db", "admin/prod-db.mysqlservice"));
        assertEquals(List.of("wordpress:db", "mysqlservice"), sides.pair("mysqlservice"));
        sides = IntegrateCommand.Sides.parse(List.of("ctrl:admin/prod-db.mysqlservice:db", "wordpress"));
        assertEquals("ctrl", sides.remote().controller());
        assertEquals(List.of("mysqlservice:db", "wordpress"), sides.pair("mysqlservice"));
        sides = IntegrateCommand.Sides.parse(List.of("wordpress", "mysql:db-admin"));
        assertNull(sides.remote());
        assertEquals(List.of("wordpress", "mysql:db-admin"), sides.pair(null));
        sides = IntegrateCommand.Sides.parse(List.of("wordpress", "prod.mysql:db"));
        assertEquals("prod", sides.remote().model());
        assertEquals("db", sides.remote().endpoint());
    }

    @Test
    public void integrateRefusesWhatItCannotRelate() {
        assertEquals(
                "an integration must involve two applications",
                wrong(() -> IntegrateCommand.Sides.parse(List.of("one"))));
        assertEquals(
                "providing more than one remote endpoints not supported",
                wrong(() -> IntegrateCommand.Sides.parse(List.of("a.b", "c.d"))));
        assertEquals(
                "endpoint \"Word\" not valid", wrong(() -> IntegrateCommand.Sides.parse(List.of("Word", "mysql"))));
    }

    @Test
    public void viaTakesNetworks() {
        assertEquals(List.of(), IntegrateCommand.cidrs(null));
        assertEquals(List.of("10.0.0.0/8", "2001:db8::/32"), IntegrateCommand.cidrs("10.0.0.0/8, 2001:db8::/32"));
        assertEquals(List.of("10.0.0.0/8"), IntegrateCommand.cidrs("10.1.2.3/8"));
        for (String everything : List.of("0.0.0.0/0", "1.2.3.4/0", "::1/0")) {
            assertEquals(
                    "CIDR \"" + everything + "\" not allowed",
                    wrong(() -> IntegrateCommand.cidrs("10.0.0.0/8," + everything)));
        }
        for (String bad :
                List.of("10.0.0.0", "10.0.0.0/33", "10.0.0/8", "300.0.0.0/8", "example.org/8", "::1/129", "x")) {
            assertEquals(bad, "\"" + bad + "\" is not a valid CIDR", wrong(() -> IntegrateCommand.cidrs(bad)));
        }
    }

    @Test
    public void integrateSaysWhatToDo() {
        assertEquals(
                "cannot add relation \"a:db b:db\"\nrelation a:db b:db already exists\n\n"
                        + "Use \"juju status --relations\" to view the current relations.",
                IntegrateCommand.words(new Problem(
                        Code.ALREADY_EXISTS, "cannot add relation \"a:db b:db\": relation a:db b:db already exists")));
        assertTrue(IntegrateCommand.words(
                        new Problem(Code.NONE, "cannot add relation \"a b\": remote offer b is terminated"))
                .contains("\"juju remove-saas b\""));
        // Nobody is told to force more than the thing that is in the way.
        assertEquals(
                "cannot add relation \"a:db b:db\": relation a:db b:db is dying, but not yet removed\n\n"
                        + "Try again when it is removed; \"juju remove-relation --force a:db b:db\""
                        + " removes it though it does not end by itself.",
                IntegrateCommand.words(new Problem(
                        Code.ALREADY_EXISTS,
                        "cannot add relation \"a:db b:db\": relation a:db b:db is dying, but not yet removed")));
        assertTrue(IntegrateCommand.words(
                        new Problem(Code.NONE, "cannot add saas application \"b\": saas application is not alive"))
                .contains("\"juju remove-saas --force b\""));
        assertFalse(IntegrateCommand.words(
                        new Problem(Code.NONE, "cannot add relation \"a:db b:db\": application \"b\" is not alive"))
                .contains("--force"));
        assertNull(IntegrateCommand.words(new Problem(Code.UNAUTHORIZED, "permission denied")));
    }

    // ---- grant, revoke

    private static GrantCommand.Rights grant(String... args) {
        return GrantCommand.Rights.parse("grant", List.of(args));
    }

    @Test
    public void grantTellsModelsFromOffers() {
        assertEquals(
                List.of("blog", "bob/wiki"),
                grant("joe", "write", "blog", "bob/wiki").models());
        assertEquals(
                "mysql",
                grant("joe", "consume", "ctrl:admin/prod.mysql").offers().get(0).offer());
        GrantCommand.Rights controller = grant("joe", "superuser");
        assertTrue(controller.models().isEmpty() && controller.offers().isEmpty());
    }

    @Test
    public void grantRefusesWhatDoesNotFit() {
        assertEquals("no user specified", wrong(() -> grant()));
        assertEquals("no permission level specified", wrong(() -> grant("joe")));
        assertEquals("invalid username: \"-joe\"", wrong(() -> grant("-joe", "read", "m")));
        assertEquals(
                "either specify model names or offer URLs but not both",
                wrong(() -> grant("joe", "read", "m", "admin/m.o")));
        assertEquals("model name \"M!\" not valid", wrong(() -> grant("joe", "read", "M!")));
        assertEquals("\"consume\" model access not valid", wrong(() -> grant("joe", "consume", "m")));
        assertEquals("\"write\" offer access not valid", wrong(() -> grant("joe", "write", "admin/m.o")));
        assertEquals("\"fly\" controller access not valid", wrong(() -> grant("joe", "fly")));
        assertEquals(
                "You have specified a controller access permission \"login\".\n"
                        + "If you intended to change controller access, do not specify any model names or offer URLs.\n"
                        + "See 'juju help grant'.",
                wrong(() -> grant("joe", "login", "m")));
        assertTrue(wrong(() -> grant("joe", "write"))
                .startsWith("You have specified a model access permission \"write\"."));
        assertTrue(wrong(() -> grant("joe", "consume"))
                .startsWith("You have specified an offer access permission \"consume\"."));
    }

    // ---- find-offers

    private static FindOffersCommand.Search find(String... args) {
        FindOffersCommand command = new FindOffersCommand(false);
        Program.line(command).parseArgs(args);
        return command.search();
    }

    @Test
    public void findOffersTakesPartsOfAUrl() {
        assertEquals(new FindOffersCommand.Search(null, Map.of()), find());
        assertEquals(new FindOffersCommand.Search("ctrl", Map.of()), find("ctrl:"));
        assertEquals(
                new FindOffersCommand.Search(null, Map.of("owner-name", "bob", "model-name", "prod")),
                find("bob/prod"));
        assertEquals(
                new FindOffersCommand.Search(
                        "c", Map.of("owner-name", "bob", "model-name", "prod", "offer-name", "^db$")),
                find("c:bob/prod.db"));
        assertEquals(
                new FindOffersCommand.Search(
                        null,
                        Map.of("offer-name", "db", "endpoints", List.of(Map.of("interface", "mysql", "name", "x")))),
                find("--offer", "db", "--interface", "mysql", "--endpoint", "x"));
        assertEquals("cannot specify both a URL term and offer name", wrong(() -> find("--offer", "x", "bob/prod")));
        assertEquals("URL term cannot be specified twice", wrong(() -> find("--url", "x", "bob/prod")));
    }

    // ---- registration

    @Test
    public void tokensComeBackAsTheyWere() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] key = new byte[32];
            random.nextBytes(key);
            RegistrationToken token = new RegistrationToken(
                    "user" + "x".repeat(random.nextInt(120)),
                    List.of("10.0.0.1:17070", "[::1]:17070", "host-" + "y".repeat(random.nextInt(200)) + ":1"),
                    key,
                    random.nextBoolean() ? "ctrl" : "contrôle_r");
            String text = token.text();
            assertFalse("seed " + seed, text.contains("="));
            RegistrationToken read = RegistrationToken.parse(text);
            assertEquals("seed " + seed, token, read);
            assertArrayEquals("seed " + seed, key, read.key());
            String broken = text.substring(0, random.nextInt(text.length()));
            try {
                assertEquals(
                        "seed " + seed,
                        token.user(),
                        RegistrationToken.parse(broken).user());
            } catch (Failure refused) {
                assertTrue(
                        refused.getMessage(), refused.getMessage().startsWith("the registration token is not valid"));
            }
        }
    }

    /** Laid out by hand as Go's asn1 does: printable strings, a sequence of addresses, octets, and no proxy. */
    @Test
    public void readsTheTokensOfOtherClients() {
        java.util.HexFormat hex = java.util.HexFormat.of();
        String der =
                "303c" + "1303626f62" + "3010130e31302e302e302e313a3137303730" + "0420" + "07".repeat(32) + "130163";
        RegistrationToken token =
                RegistrationToken.parse(Base64.getUrlEncoder().encodeToString(hex.parseHex(der + "0000")));
        assertEquals("bob", token.user());
        assertEquals(List.of("10.0.0.1:17070"), token.addresses());
        assertEquals("c", token.controller());
        assertEquals("without the key", "bob at [10.0.0.1:17070]", token.toString());
    }
}
