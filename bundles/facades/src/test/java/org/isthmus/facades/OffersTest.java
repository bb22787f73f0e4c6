package org.isthmus.facades;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.isthmus.api.Refused;
import org.isthmus.model.Kinds;
import org.isthmus.model.User;
import org.isthmus.rpc.Telling;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** ApplicationOffers: who may do what, and what who may not learns. */
public class OffersTest {
    private static final String URL = "admin/prod.mysql";
    private static final String NO_MODEL = "admin/nomodel.mysql";
    private static final String NO_OFFER = "admin/prod.nooffer";

    private World world;
    private String prod;

    @Before
    public void open() throws Exception {
        world = new World();
        prod = world.newModel("prod");
        String charm = world.upload(
                prod,
                World.charm(
                        "mysql",
                        "provides:\n  db: {interface: mysql}\n  local: {interface: monitors, scope: container}\n"));
        world.call(
                "admin",
                prod,
                "Application",
                "Deploy",
                "{\"applications\":[{\"application\":\"mysql\",\"charm-url\":\"" + charm
                        + "\",\"charm-origin\":{\"source\":\"local\",\"base\":{\"name\":\"ubuntu\",\"channel\":\"22.04\"}},"
                        + "\"num-units\":0}]}");
        World.get(world.store.controller().submit(tx -> {
            for (String name : List.of("carol", "dave", "root")) {
                String access = name.equals("root") ? "superuser" : "login";
                tx.put(Kinds.USER, new User(name, "", "#", access, "admin", World.NOW, false, null));
            }
            return null;
        }));
        assertNull(offer("admin", "mysql", "db"));
    }

    @After
    public void close() {
        world.close();
    }

    private static void assertNull(String message) {
        org.junit.Assert.assertNull(message, message);
    }

    private static String error(JsonNode result) {
        JsonNode first = result.get("results").get(0);
        return first.hasNonNull("error") ? first.get("error").get("message").asText() : null;
    }

    private String offer(String user, String application, String endpoint) throws Exception {
        return error(world.call(
                user,
                null,
                "ApplicationOffers",
                "Offer",
                "{\"Offers\":[{\"model-tag\":\"model-" + prod + "\",\"offer-name\":\"mysql\",\"application-name\":\""
                        + application + "\",\"endpoints\":{\"" + endpoint + "\":\"" + endpoint + "\"}}]}"));
    }

    private String access(String user, String action, String of, String level, String url) throws Exception {
        return error(world.call(
                user,
                null,
                "ApplicationOffers",
                "ModifyOfferAccess",
                "{\"changes\":[{\"user-tag\":\"user-" + of + "\",\"action\":\"" + action + "\",\"access\":\"" + level
                        + "\",\"offer-url\":\"" + url + "\"}]}"));
    }

    private String urls(String user, String method, String url) throws Exception {
        return error(world.call(user, null, "ApplicationOffers", method, "{\"offer-urls\":[\"" + url + "\"]}"));
    }

    private String details(String user, String url) throws Exception {
        return error(world.call(
                user,
                null,
                "ApplicationOffers",
                "GetConsumeDetails",
                "{\"offer-urls\":{\"offer-urls\":[\"" + url + "\"],\"bakery-version\":3}}"));
    }

    private JsonNode find(String user, String method, String filter) throws Exception {
        return world.call(user, null, "ApplicationOffers", method, "{\"Filters\":[" + filter + "]}")
                .get("results");
    }

    @Test
    public void whoMayNotReadCannotTellWhatIsThere() throws Exception {
        for (String method : List.of("ApplicationOffers", "RemoteApplicationInfo", "DestroyOffers")) {
            sameFor(url -> urls("carol", method, url), method);
        }
        sameFor(url -> details("carol", url), "GetConsumeDetails");
        sameFor(url -> access("carol", "grant", "carol", "admin", url), "grant");
        sameFor(url -> access("carol", "revoke", "admin", "admin", url), "revoke");
        for (String filter : List.of(
                "{}",
                "{\"owner-name\":\"admin\",\"model-name\":\"prod\"}",
                "{\"owner-name\":\"admin\",\"model-name\":\"nomodel\"}")) {
            assertEquals(
                    filter, 0, find("carol", "FindApplicationOffers", filter).size());
        }
        String there = assertThrows(
                        Refused.class,
                        () -> find(
                                "carol", "ListApplicationOffers", "{\"owner-name\":\"admin\",\"model-name\":\"prod\"}"))
                .getMessage();
        String notThere = assertThrows(
                        Refused.class,
                        () -> find(
                                "carol",
                                "ListApplicationOffers",
                                "{\"owner-name\":\"admin\",\"model-name\":\"nomodel\"}"))
                .getMessage();
        assertEquals(there, notThere);
    }

    @Test
    public void theStreamOfChangesTellsOfOffersToo() throws Exception {
        var documents = world.store.models.get(prod);
        Telling told = new Telling();
        JsonNode first =
                world.json.valueToTree(AllWatcherFacade.deltas(documents.snapshot(), World.CONTROLLER, told, Set.of()));
        JsonNode offer = null;
        for (JsonNode delta : first.get("deltas")) {
            offer = delta.get(0).asText().equals("applicationOffer") ? delta : offer;
        }
        assertEquals("change", offer.get(1).asText());
        assertEquals("mysql", offer.at("/2/offer-name").asText());
        assertEquals("mysql", offer.at("/2/application-name").asText());
        assertEquals("mysql", offer.at("/2/charm-name").asText());
        assertEquals(0, offer.at("/2/total-connected-count").asInt(-1));

        documents.take();
        assertNull(urls("admin", "DestroyOffers", URL));
        JsonNode gone = world.json.valueToTree(
                AllWatcherFacade.deltas(documents.snapshot(), World.CONTROLLER, told, documents.take()));
        assertEquals("applicationOffer", gone.at("/deltas/0/0").asText());
        assertEquals("remove", gone.at("/deltas/0/1").asText());
        assertEquals("mysql", gone.at("/deltas/0/2/application-name").asText());
        assertEquals("mysql", gone.at("/deltas/0/2/offer-name").asText());
    }

    private interface Ask {
        String of(String url) throws Exception;
    }

    private static void sameFor(Ask ask, String what) throws Exception {
        for (String url : List.of(URL, NO_MODEL, NO_OFFER)) {
            assertEquals(what, "application offer \"" + url + "\" not found", ask.of(url));
        }
    }

    @Test
    public void eachLevelOpensWhatItSays() throws Exception {
        assertNull(access("admin", "grant", "carol", "read", URL));
        assertNull(urls("carol", "ApplicationOffers", URL));
        assertEquals("permission denied", details("carol", URL));
        assertEquals("permission denied", access("carol", "grant", "carol", "admin", URL));
        assertEquals("permission denied", urls("carol", "DestroyOffers", URL));

        assertNull(access("admin", "grant", "carol", "consume", URL));
        assertNull(details("carol", URL));
        assertEquals("permission denied", offer("carol", "mysql", "db"));

        assertNull(access("admin", "grant", "carol", "admin", URL));
        assertNull(access("carol", "grant", "dave", "read", URL));
        assertEquals("user already has \"read\" access or greater", access("carol", "grant", "dave", "read", URL));
        // An admin of the offer does not own the application behind it.
        assertEquals("permission denied", urls("carol", "DestroyOffers", URL));
        assertNull(access("admin", "revoke", "carol", "read", URL));
        assertEquals("application offer \"" + URL + "\" not found", urls("carol", "ApplicationOffers", URL));
        assertNull(urls("root", "DestroyOffers", URL));
    }

    @Test
    public void namesOfUsersAreNotForReaders() throws Exception {
        assertNull(access("admin", "grant", "carol", "read", URL));
        assertEquals("permission denied", access("carol", "grant", "dave", "read", URL));
        assertEquals("permission denied", access("carol", "grant", "noone", "read", URL));
        assertEquals("user \"noone\" not found", access("admin", "grant", "noone", "read", URL));
    }

    @Test
    public void oneSeesOneselfAndAdminsSeeAll() throws Exception {
        assertNull(access("admin", "grant", "carol", "consume", URL));
        JsonNode carols = find("carol", "FindApplicationOffers", "{}").get(0);
        assertEquals(1, carols.get("users").size());
        assertEquals("consume", carols.get("users").get(0).get("access").asText());
        assertFalse(carols.has("charm-url"));
        assertFalse(carols.has("connections"));
        assertEquals("mysql", carols.get("application-name").asText());
        JsonNode admins = find("admin", "FindApplicationOffers", "{}").get(0);
        assertEquals(3, admins.get("users").size());
        assertTrue(admins.has("charm-url"));
        // A superuser without a grant is told what the controller gives.
        for (JsonNode user : find("root", "FindApplicationOffers", "{}").get(0).get("users")) {
            if (user.get("user").asText().equals("root")) {
                assertEquals("admin", user.get("access").asText());
            }
        }
        // Nor may one ask who else is allowed.
        assertEquals(
                0,
                find("carol", "FindApplicationOffers", "{\"allowed-users\":[\"admin\"]}")
                        .size());
        assertEquals(
                1,
                find("carol", "FindApplicationOffers", "{\"allowed-users\":[\"carol\"]}")
                        .size());
    }

    @Test
    public void filters() throws Exception {
        for (Map.Entry<String, Integer> each : Map.of(
                        "{\"offer-name\":\"sq\"}", 1,
                        "{\"offer-name\":\"^sq\"}", 0,
                        "{\"application-name\":\"mysql\"}", 1,
                        "{\"application-name\":\"mysq\"}", 0,
                        "{\"endpoints\":[{\"interface\":\"mysql\"}]}", 1,
                        "{\"endpoints\":[{\"interface\":\"http\"}]}", 0,
                        "{\"endpoints\":[{\"name\":\"db\",\"role\":\"requirer\"}]}", 0,
                        "{\"connected-users\":[\"admin\"]}", 0)
                .entrySet()) {
            assertEquals(
                    each.getKey(),
                    each.getValue().intValue(),
                    find("admin", "FindApplicationOffers", each.getKey()).size());
        }
        assertThrows(Refused.class, () -> find("admin", "FindApplicationOffers", ""));
        assertThrows(Refused.class, () -> find("admin", "FindApplicationOffers", "{},{}"));
        assertThrows(Refused.class, () -> find("admin", "FindApplicationOffers", "{\"offer-name\":\"(\"}"));
        assertEquals(
                0,
                find("admin", "FindApplicationOffers", "{\"offer-name\":\"((((m*)*)*)*)*x\"}")
                        .size());
    }

    @Test
    public void onlyGlobalEndpointsAreOffered() throws Exception {
        assertTrue(offer("admin", "mysql", "local").contains("global"));
        assertEquals("application \"nothere\" not found", offer("admin", "nothere", "db"));
        assertTrue(offer("admin", "mysql", "nothere").contains("nothere"));
    }

    @Test
    public void withoutTheFlagNothingIsOfferedFoundOrConsumed() throws Exception {
        assertNull(access("admin", "grant", "carol", "consume", URL));
        world.call("admin", null, "Controller", "ConfigSet", "{\"config\":{\"features\":\"\"}}");
        List<Ask> asks = List.of(
                url -> offer("admin", "mysql", "db"),
                url -> urls("admin", "ApplicationOffers", url),
                url -> urls("admin", "RemoteApplicationInfo", url),
                url -> details("carol", url),
                url -> find("admin", "FindApplicationOffers", "{}").toString(),
                url -> find("admin", "ListApplicationOffers", "{}").toString(),
                url -> world.call("admin", prod, "Application", "Consume", "{\"args\":[]}")
                        .toString());
        for (Ask ask : asks) {
            assertEquals(
                    "feature flag \"cross-model\" is not enabled",
                    assertThrows(Refused.class, () -> ask.of(URL)).getMessage());
        }
        assertEquals(
                "feature flag \"cross-model\" is not enabled",
                refusal(() -> access("admin", "grant", "dave", "read", URL)));
        // What takes away still works.
        assertNull(access("admin", "revoke", "carol", "read", URL));
        assertNull(urls("admin", "DestroyOffers", URL));
        world.call("admin", null, "Controller", "ConfigSet", "{\"config\":{\"features\":\"cross-model\"}}");
        assertNull(offer("admin", "mysql", "db"));
    }

    private interface Asking {
        String ask() throws Exception;
    }

    private static String refusal(Asking asking) throws Exception {
        try {
            return asking.ask();
        } catch (Refused refused) {
            return refused.getMessage();
        }
    }
}
