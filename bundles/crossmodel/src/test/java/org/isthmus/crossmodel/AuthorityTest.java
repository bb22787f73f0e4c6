package org.isthmus.crossmodel;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.model.Application;
import org.isthmus.model.Kinds;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.RemoteRelation;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What strangers may try at the door that is open to everybody: nothing of it gets them anywhere, or changes anything. */
public final class AuthorityTest {
    private static final String SECRET = "a secret that is long enough";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Estate estate;
    private Estate.Place offering;
    private Estate.Place consumer;
    private Estate.Place third;
    private Estate.Place stranger;
    private Map<String, Object> before;

    @Before
    public void share() throws Exception {
        estate = new Estate(folder.newFolder().toPath(), 1, 2, 4);
        offering = estate.places.get(0);
        consumer = estate.places.get(1);
        third = estate.places.get(2);
        stranger = estate.places.get(3);
        for (Estate.Place place : List.of(offering, third, stranger)) {
            estate.offer(place);
            estate.access(place, "grant", "consume");
        }
        estate.addUnit(consumer, "wordpress");
        estate.addUnit(offering, "mysql");
        estate.consume(consumer, offering);
        estate.relate(consumer, offering, "db", "db");
        estate.quiet("related");
        before = shared();
    }

    @After
    public void nothingChanged() {
        try {
            assertEquals(before, shared());
        } finally {
            estate.close();
        }
    }

    private Map<String, Object> shared() {
        Map<String, Object> shared = new TreeMap<>();
        for (var kind : List.of(
                Kinds.OFFER_CONNECTION,
                Kinds.OFFER_GRANT,
                Kinds.REMOTE_APPLICATION,
                Kinds.RELATION,
                Kinds.RELATION_UNIT,
                Kinds.RELATION_APPLICATION)) {
            shared.put(kind.name(), List.copyOf(offering.now().all(kind)));
        }
        return shared;
    }

    private OfferConnection connection() {
        return offering.now().all(Kinds.OFFER_CONNECTION).iterator().next();
    }

    private String secret() {
        RemoteRelation record =
                consumer.now().all(Kinds.REMOTE_RELATION).iterator().next();
        return record.secret();
    }

    private static String token(Estate.Place of) {
        Application wordpress = of.now().get(Kinds.APPLICATION, "wordpress");
        return wordpress.token();
    }

    /** What bob is given for an offer, and may hand on. */
    private JsonNode macaroon(Estate.Place of) throws Exception {
        return estate.details(of).path("macaroon");
    }

    /** Of the SAAS, as somebody might copy it out of the consumer's store. */
    private JsonNode copied() throws Exception {
        return estate.net.json.readTree(consumer.now()
                .get(Kinds.REMOTE_APPLICATION, estate.alias(offering))
                .macaroon());
    }

    private Map<String, Object> registration(Estate.Place from, JsonNode macaroon) {
        Map<String, Object> item = new TreeMap<>();
        item.put("application-token", token(from));
        item.put("source-model-tag", "model-" + from.uuid());
        item.put("source-controller-tag", "controller-" + from.party().uuid);
        item.put("relation-token", UUID.randomUUID().toString());
        item.put("remote-endpoint", Map.of("name", "db", "role", "requirer", "interface", "mysql", "limit", 0));
        item.put("offer-uuid", connection().offer());
        item.put("local-endpoint-name", "db");
        item.put("consume-version", 1);
        item.put("macaroons", macaroon == null ? List.of() : List.of(macaroon));
        item.put("offering-model-tag", "model-" + offering.uuid());
        item.put("secret", SECRET);
        return item;
    }

    private static Map<String, Object> with(Map<String, Object> item, String key, Object value) {
        Map<String, Object> changed = new TreeMap<>(item);
        changed.put(key, value);
        return changed;
    }

    private void refused(Code code, String method, String list, Map<String, Object> item) {
        Refused refused = assertThrows(String.valueOf(item), Refused.class, () -> offering.party()
                .ask(null, null, "CrossModelRelations", method, Map.of(list, Collections.singletonList(item))));
        assertEquals(refused.getMessage(), code, refused.problem().code());
    }

    private void notRegistered(Code code, Map<String, Object> item) {
        refused(code, "RegisterRemoteRelations", "relations", item);
    }

    @Test
    public void noMacaroonAnAlteredOneOrOneOfAnotherOffer() throws Exception {
        notRegistered(Code.UNAUTHORIZED, registration(stranger, null));
        JsonNode fresh = macaroon(offering);
        for (String from : List.of("bob", connection().offer())) {
            JsonNode altered = estate.net.json.readTree(fresh.toString()
                    .replace(
                            from,
                            from.equals("bob") ? "admin" : UUID.randomUUID().toString()));
            notRegistered(Code.UNAUTHORIZED, registration(stranger, altered));
        }
        ObjectNode longer = fresh.deepCopy();
        longer.withArray(longer.has("caveats") ? "caveats" : "c").remove(0);
        notRegistered(Code.UNAUTHORIZED, registration(stranger, longer));
        notRegistered(Code.UNAUTHORIZED, registration(stranger, macaroon(third)));
        notRegistered(Code.NOT_VALID, with(registration(stranger, fresh), "secret", "short"));
        notRegistered(Code.NOT_VALID, with(registration(stranger, fresh), "secret", null));
    }

    /** Bob of the other controller is somebody else, though his controller says so with a macaroon of its own. */
    @Test
    public void aUserOfTheSameNameElsewhere() throws Exception {
        notRegistered(Code.UNAUTHORIZED, registration(stranger, macaroon(stranger)));
        estate.access(offering, "revoke", "consume");
        notRegistered(Code.UNAUTHORIZED, registration(stranger, macaroon(stranger)));
        estate.access(offering, "grant", "consume");
        estate.resumeAll(offering);
        estate.quiet("granted again");
        before = shared();
    }

    @Test
    public void aCopyOfWhatAConsumerHolds() throws Exception {
        notRegistered(Code.UNAUTHORIZED, registration(stranger, copied()));
        refused(
                Code.UNAUTHORIZED,
                "WatchOfferStatus",
                "args",
                Map.of(
                        "offer-uuid",
                        connection().offer(),
                        "offering-model-tag",
                        "model-" + offering.uuid(),
                        "source-model-tag",
                        "model-" + stranger.uuid(),
                        "macaroons",
                        List.of(copied())));
    }

    /** The model that a macaroon is pinned to is known to whoever has a copy: naming it is not enough. */
    @Test
    public void aCopyInTheNameOfItsConsumer() throws Exception {
        Map<String, Object> item =
                with(registration(stranger, copied()), "source-model-tag", "model-" + consumer.uuid());
        notRegistered(Code.TRY_AGAIN, item);
        notRegistered(
                Code.TRY_AGAIN,
                with(
                        item,
                        "siblings",
                        List.of(Map.of("relation-token", connection().token(), "secret", SECRET))));
    }

    /** Time heals that: it is no trouble that the consumer's relation would show. */
    @Test
    public void whatIsAddedAgainWhileItsPredecessorEnds() throws Exception {
        Map<String, Object> item = with(
                registration(consumer, macaroon(offering)),
                "siblings",
                List.of(Map.of("relation-token", connection().token(), "secret", secret())));
        estate.removeRelation(offering, connection().relation(), false);
        Refused refused = assertThrows(Refused.class, () -> offering.party()
                .ask(null, null, "CrossModelRelations", "RegisterRemoteRelations", Map.of("relations", List.of(item))));
        assertEquals(Code.TRY_AGAIN, refused.problem().code());
        assertTrue(refused.getMessage(), refused.getMessage().endsWith(" is dying, but not yet removed"));
        estate.quiet("removed");
        before = shared();
    }

    @Test
    public void moreApplicationsOfTheConsumerShareItsMacaroon() throws Exception {
        Party.get(consumer.party().store().model(consumer.uuid()).orElseThrow().submit(tx -> {
            Estate.deploy(tx, "blog");
            return null;
        }));
        consumer.party()
                .ask(
                        "admin",
                        consumer.uuid(),
                        "Application",
                        "AddRelation",
                        Map.of("endpoints", List.of("blog:db", estate.alias(offering) + ":db")));
        estate.quiet("related");
        assertEquals(2, offering.now().count(Kinds.OFFER_CONNECTION));
        assertEquals(1, offering.now().count(Kinds.OFFER_GRANT));
        before = shared();
    }

    @Test
    public void aModelThatSaysItIsAnother() throws Exception {
        // With rights of its own, the token of the other's application, and the other's name or its own.
        Map<String, Object> item =
                with(registration(stranger, macaroon(offering)), "application-token", token(consumer));
        notRegistered(Code.TRY_AGAIN, item);
        notRegistered(Code.TRY_AGAIN, with(item, "source-model-tag", "model-" + consumer.uuid()));
        notRegistered(
                Code.TRY_AGAIN,
                with(
                        with(item, "source-model-tag", "model-" + consumer.uuid()),
                        "siblings",
                        List.of(Map.of("relation-token", connection().token(), "secret", SECRET))));
    }

    @Test
    public void theTokenOfARelationWithoutItsSecretOrInAnotherName() throws Exception {
        String token = connection().token();
        notRegistered(Code.NOT_FOUND, with(registration(consumer, copied()), "relation-token", token));
        Map<String, Object> proven =
                with(with(registration(consumer, copied()), "relation-token", token), "secret", secret());
        notRegistered(Code.UNAUTHORIZED, with(proven, "source-model-tag", "model-" + stranger.uuid()));
        notRegistered(Code.UNAUTHORIZED, with(proven, "application-token", token(stranger)));
        for (String secret : new String[] {SECRET, "", null}) {
            Map<String, Object> item = new TreeMap<>();
            item.put("relation-token", token);
            item.put("offering-model-tag", "model-" + offering.uuid());
            item.put("secret", secret);
            item.put("sequence", 1000);
            item.put("life", "dead");
            item.put("force-cleanup", true);
            refused(Code.NOT_FOUND, "PublishRelationChanges", "changes", item);
            refused(Code.NOT_FOUND, "WatchRelationChanges", "args", with(without(item), "token", token));
            Map<String, Object> networks = without(item);
            networks.put("networks", List.of("10.0.0.0/8"));
            networks.put("ingress-required", true);
            refused(Code.NOT_FOUND, "PublishIngressNetworkChanges", "changes", networks);
        }
    }

    private void notValid(String method, String list, Map<String, Object> item, String key, Object value) {
        refused(Code.NOT_VALID, method, list, with(item, key, value));
    }

    @Test
    public void whatIsNotWellFormed() throws Exception {
        Map<String, Object> first = registration(stranger, macaroon(offering));
        String register = "RegisterRemoteRelations";
        for (String name : new String[] {"we ird\n/../x", "", null}) {
            notValid(register, "relations", first, "local-endpoint-name", name);
        }
        for (String name : List.of("we ird\n/../x", "a:b", "")) {
            notValid(
                    register,
                    "relations",
                    first,
                    "remote-endpoint",
                    Map.of("name", name, "role", "requirer", "interface", "mysql"));
        }
        notValid(register, "relations", first, "remote-endpoint", null);
        notValid(
                register,
                "relations",
                first,
                "remote-endpoint",
                Map.of("name", "db", "role", "peer", "interface", "mysql"));
        notValid(register, "relations", first, "source-model-tag", "model-zz");
        notValid(register, "relations", first, "source-controller-tag", "controller-zz");
        notValid(register, "relations", first, "offer-uuid", null);
        notValid(register, "relations", first, "application-token", "../x");
        notValid(register, "relations", first, "siblings", Collections.singletonList(null));
        refused(Code.NOT_VALID, register, "relations", null);
        refused(Code.NOT_VALID, "WatchRelationChanges", "args", null);
        refused(Code.NOT_VALID, "WatchOfferStatus", "args", Map.of());
        refused(Code.NOT_VALID, "PublishIngressNetworkChanges", "changes", Map.of());

        Map<String, Object> change = new TreeMap<>();
        change.put("relation-token", connection().token());
        change.put("offering-model-tag", "model-" + offering.uuid());
        change.put("secret", secret());
        change.put("sequence", 1000);
        change.put("life", "alive");
        String publish = "PublishRelationChanges";
        for (Map<String, Object> unit : List.<Map<String, Object>>of(
                Map.of("unit-id", -1, "settings", Map.of()),
                Map.of("unit-id", 0, "settings", Map.of("a=b", "c")),
                Map.of("unit-id", 0, "settings", Map.of("a\nb", "c")))) {
            notValid(publish, "changes", change, "changed-units", List.of(unit));
        }
        notValid(publish, "changes", change, "changed-units", Collections.singletonList(null));
        notValid(publish, "changes", change, "departed-units", Collections.singletonList(null));
        notValid(publish, "changes", change, "departed-units", List.of(-1));
        notValid(publish, "changes", change, "application-settings", Map.of("", "c"));
        notValid(publish, "changes", change, "life", null);
    }

    /** What one item gets wrong is told for that item: the others of the call are answered. */
    @Test
    public void whatIsNotWellFormedSpoilsNoOtherItem() throws Exception {
        Map<String, Object> other = new TreeMap<>(Map.of("offering-model-tag", "model-" + offering.uuid()));
        other.put("token", connection().token());
        other.put("secret", SECRET);
        List<Object> items = new ArrayList<>();
        items.add(null);
        items.add(other);
        JsonNode results = estate.net.json.valueToTree(Party.get(offering.party()
                .serve(
                        null,
                        null,
                        "CrossModelRelations",
                        "WatchRelationChanges",
                        estate.net.json.valueToTree(Map.of("args", items)),
                        handle -> "1")));
        assertEquals(Code.NOT_VALID.wire(), results.at("/results/0/error/code").asText());
        assertEquals(Code.NOT_FOUND.wire(), results.at("/results/1/error/code").asText());
    }

    private static Map<String, Object> without(Map<String, Object> item) {
        Map<String, Object> less = new TreeMap<>(item);
        less.keySet().removeAll(List.of("sequence", "life", "force-cleanup"));
        return less;
    }
}
