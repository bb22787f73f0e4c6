package org.isthmus.facades;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.api.Refused;
import org.isthmus.model.Credential;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.rpc.Method;
import org.isthmus.rpc.Telling;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** What one call may cost, and what it leaves behind when something happens in between. */
public class BurdenTest {
    private World world;
    private String model;

    @Before
    public void open() throws Exception {
        world = new World();
        model = world.newModel("m");
        String charm = world.upload(model, World.charm("mysql", "provides: {db: {interface: mysql}}\n"));
        call(
                "Application",
                "Deploy",
                "{\"applications\":[{\"application\":\"mysql\",\"charm-url\":\"" + charm + "\",\"num-units\":3}]}");
    }

    @After
    public void close() {
        world.close();
    }

    private JsonNode call(String facade, String method, String params) throws Exception {
        return world.call("admin", model, facade, method, params);
    }

    private String refusal(String facade, String method, String params) {
        return assertThrows(Refused.class, () -> call(facade, method, params))
                .problem()
                .message();
    }

    private static String many(int times, String item) {
        return String.join(",", Collections.nCopies(times, item));
    }

    @Test(timeout = 20_000)
    public void aPatternOfManyStarsIsNoMoreThanAnother() throws Exception {
        String stars = "*".repeat(60) + "z";
        assertTrue(call("Client", "FullStatus", "{\"patterns\":[\"" + stars + "\"]}")
                .get("applications")
                .isEmpty());
        assertEquals(
                "more than 100 patterns: 101",
                refusal("Client", "FullStatus", "{\"patterns\":[" + many(101, "\"m*\"") + "]}"));
    }

    @Test
    public void whatIsAskedForAgainIsLookedUpOnce() {
        AtomicInteger looks = new AtomicInteger();
        List<Object> answers =
                Items.read(Collections.nCopies(1000, "x"), x -> looks.incrementAndGet(), (v, e) -> new Object());
        assertEquals(1, looks.get());
        assertEquals(1000, answers.size());
        assertSame(answers.get(0), answers.get(999));
    }

    @Test
    public void anApplicationThatIsThereAgainIsNotSpreadAgain() throws Exception {
        JsonNode units = call(
                        "Application",
                        "UnitsInfo",
                        "{\"entities\":[" + many(5, "{\"tag\":\"application-mysql\"}") + ",{\"tag\":\"unit-mysql-1\"},"
                                + "{\"tag\":\"unit-mysql-1\"},{\"tag\":\"nonsense\"},null]}")
                .get("results");
        // Three units, four refusals, the unit that was asked for twice, and two that are no units: each fails by
        // itself.
        assertEquals(3 + 4 + 2 + 2, units.size());
        assertEquals("unit-mysql-1", units.at("/8/result/tag").asText());
        assertEquals(
                "an item is there more than once", units.at("/3/error/message").asText());
    }

    @Test
    public void oneBadTagFailsAlone() throws Exception {
        JsonNode configs = call(
                        "Application",
                        "GetConfig",
                        "{\"entities\":[{\"tag\":\"nonsense\"},null,{\"tag\":\"application-mysql\"}]}")
                .get("results");
        assertTrue(configs.at("/0").has("error"));
        assertTrue(configs.at("/1").has("error"));
        assertEquals("hello", configs.at("/2/config/title/value").asText());
        assertTrue(call("Application", "CharmConfig", "{\"args\":[null,{\"application\":\"mysql\"}]}")
                .at("/results/1")
                .has("config"));
    }

    @Test
    public void countsHaveALimitBeforeAnythingIsMade() throws Exception {
        assertEquals(
                "cannot add more than 1000 units at a time: 2000000000",
                refusal("Application", "AddUnits", "{\"application\":\"mysql\",\"num-units\":2000000000}"));
        assertEquals(
                "cannot add more than 1000 units at a time: 1200",
                refusal(
                        "Application",
                        "Deploy",
                        "{\"applications\":[" + many(2, "{\"charm-url\":\"local:x-0\",\"num-units\":600}") + "]}"));
        assertEquals(
                "cannot add more than 1000 units at a time: 1001",
                refusal(
                        "Application",
                        "DeployFromRepository",
                        "{\"Args\":[{\"CharmName\":\"mysql\",\"num-units\":1001}]}"));
        assertEquals(
                "too many items in one call: 1001, at most 1000",
                refusal("MachineManager", "AddMachines", "{\"params\":[" + many(1001, "{}") + "]}"));
        assertEquals(3, world.store.model(model).orElseThrow().snapshot().count(Kinds.UNIT));
    }

    @Test
    public void passwordsAreFewAndEachIsChangedOnce() throws Exception {
        String change = "{\"tag\":\"user-bob\",\"password\":\"p\"}";
        assertEquals(
                "too many items in one call: 21, at most 20",
                refusal("UserManager", "SetPassword", "{\"changes\":[" + many(21, change) + "]}"));
        JsonNode twice = call("UserManager", "SetPassword", "{\"changes\":[" + many(2, change) + "]}")
                .get("results");
        assertEquals("{}", twice.get(0).toString());
        assertEquals(
                "the password of \"bob\" is changed more than once in one call",
                twice.at("/1/error/message").asText());
        assertEquals(
                "too many items in one call: 21, at most 20",
                refusal("UserManager", "AddUser", "{\"users\":[" + many(21, "{\"username\":\"u\"}") + "]}"));
    }

    @Test
    public void historyIsReadWhereReadingHoldsUpNobody() throws Exception {
        assertTrue(java.util.Arrays.stream(ClientFacade.class.getDeclaredMethods())
                .filter(m -> m.getName().equals("statusHistory"))
                .allMatch(m -> m.getAnnotation(Method.class).blocks()));
        assertEquals(
                "too many items in one call: 101, at most 100",
                refusal("Client", "StatusHistory", "{\"requests\":[" + many(101, "{\"tag\":\"unit-mysql-0\"}") + "]}"));
    }

    @Test
    public void aRightThatIsBornBehindTheRemovalOfItsUserIsTakenBack() throws Exception {
        World.MemoryDocuments documents = world.store.models.get(model);
        documents.meanwhile = () -> world.store.controller.submit(tx -> {
            tx.remove(Kinds.USER, "bob");
            return null;
        });
        JsonNode granted = world.call(
                "admin",
                null,
                "ModelManager",
                "ModifyModelAccess",
                "{\"changes\":[{\"user-tag\":\"user-bob\",\"action\":\"grant\",\"access\":\"admin\",\"model-tag\":\"model-"
                        + model + "\"}]}");
        assertEquals("user not found", granted.at("/results/0/error/code").asText());
        assertNull(documents.snapshot().get(Kinds.MODEL_USER, "bob"));
    }

    @Test
    public void whoseCredentialsThereAreIsNotTold() throws Exception {
        world.store.controller.submit(tx -> {
            tx.put(Kinds.CREDENTIAL, new Credential("localhost", "admin", "old", "empty", Map.of(), true));
            return null;
        });
        String change = "{\"model-credentials\":[{\"model-tag\":\"model-" + model
                + "\",\"credential-tag\":\"cloudcred-localhost_admin_%s\"}]}";
        assertEquals(
                credential("bob", String.format(change, "old")), credential("bob", String.format(change, "nothing")));
        assertEquals("credential \"old\" is revoked", credential("admin", String.format(change, "old")));
    }

    private String credential(String user, String params) throws Exception {
        return world.call(user, null, "ModelManager", "ChangeModelCredential", params)
                .at("/results/0/error/message")
                .asText();
    }

    @Test
    public void aLargeModelIsToldInPages() throws Exception {
        call("Application", "AddUnits", "{\"application\":\"mysql\",\"num-units\":1000}");
        String title = "x".repeat(100_000);
        for (int i = 0; i < 60; i++) {
            String name = "a" + (char) ('a' + i / 26) + (char) ('a' + i % 26);
            call(
                    "Application",
                    "Deploy",
                    "{\"applications\":[{\"application\":\"" + name + "\",\"charm-url\":\""
                            + world.store
                                    .models
                                    .get(model)
                                    .snapshot()
                                    .get(Kinds.APPLICATION, "mysql")
                                    .charmUrl()
                            + "\",\"num-units\":0,\"config\":{\"title\":\"" + title + "\"}}]}");
        }
        World.MemoryDocuments documents = world.store.models.get(model);
        documents.take();
        Telling telling = new Telling();
        Set<Key> expected = new HashSet<>();
        int pages = 0;
        int entities = 0;
        do {
            byte[] page = world.json.writeValueAsBytes(
                    AllWatcherFacade.deltas(documents.snapshot(), World.CONTROLLER, telling, Set.of()));
            assertTrue("a page of " + page.length, page.length < 4 << 20);
            entities += world.json.readTree(page).get("deltas").size();
            pages++;
        } while (telling.isUnfinished());
        assertTrue(pages + " pages", pages > 1);
        documents.snapshot().all(Kinds.UNIT).forEach(u -> expected.add(new Key(Kinds.UNIT, u.name())));
        assertEquals(1003, expected.size());
        assertTrue(telling.told().keySet().containsAll(expected));
        assertEquals("nothing is told twice", telling.told().size(), entities);
    }

    @Test
    public void aPageThatCannotBeMadeTellsNothing() throws Exception {
        World.MemoryDocuments documents = world.store.models.get(model);
        Telling telling = new Telling();
        AllWatcherFacade.deltas(documents.snapshot(), World.CONTROLLER, telling, Set.of());
        Map<Key, String> before = Map.copyOf(telling.told());
        Key gone = new Key(Kinds.UNIT, "mysql/2");
        documents.submit(tx -> {
            tx.remove(Kinds.UNIT, "mysql/2");
            return null;
        });
        // A presence whose tag cannot be read fails what is told beside it.
        Set<Key> changed = new java.util.LinkedHashSet<>(List.of(gone, new Key(Kinds.PRESENCE, "nonsense")));
        assertThrows(
                RuntimeException.class,
                () -> AllWatcherFacade.deltas(documents.snapshot(), World.CONTROLLER, telling, changed));
        assertEquals(before, telling.told());
        JsonNode told = world.json.valueToTree(
                AllWatcherFacade.deltas(documents.snapshot(), World.CONTROLLER, telling, Set.of(gone)));
        assertEquals("remove", told.at("/deltas/0/1").asText());
        assertFalse(telling.told().containsKey(gone));
    }
}
