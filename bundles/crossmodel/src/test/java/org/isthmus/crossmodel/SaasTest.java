package org.isthmus.crossmodel;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.List;
import java.util.Map;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.model.Kinds;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.Relation;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.RemoteRelation;
import org.isthmus.model.StatusValue;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What becomes of a SAAS when its offer moves, goes and comes back, or is no more for its user. */
public final class SaasTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Estate estate;
    private Estate.Place offering;
    private Estate.Place consumer;

    @Before
    public void share() throws Exception {
        estate = new Estate(folder.newFolder().toPath(), 1, 3, 2);
        offering = estate.places.get(0);
        consumer = estate.places.get(1);
        estate.offer(offering);
        estate.access(offering, "grant", "consume");
        estate.addUnit(offering, "mysql");
        estate.addUnit(offering, "mysql");
        estate.removeUnit(offering, "mysql/0");
        estate.addUnit(consumer, "wordpress");
        estate.consume(consumer, offering);
        estate.relate(consumer, offering, "db", "db");
        estate.quiet("related");
    }

    @After
    public void close() {
        estate.close();
    }

    private Relation relation(Estate.Place at) {
        return at.now().all(Kinds.RELATION).iterator().next();
    }

    private RemoteRelation record() {
        return consumer.now().all(Kinds.REMOTE_RELATION).iterator().next();
    }

    private OfferConnection connection(Estate.Place at) {
        return at.now().all(Kinds.OFFER_CONNECTION).iterator().next();
    }

    private RemoteApplication saas() {
        return consumer.now().get(Kinds.REMOTE_APPLICATION, estate.alias(offering));
    }

    private void awaitStatus(String status) throws Exception {
        estate.await("the SAAS is " + status, () -> saas().status().status().equals(status) ? null : saas().toString());
    }

    @Test
    public void unitsKeepTheirNumbers() {
        int number = relation(consumer).number();
        assertTrue(consumer.now().has(Kinds.RELATION_UNIT, RelationUnit.idOf(number, saas().name() + "/1")));
        assertFalse(consumer.now().has(Kinds.RELATION_UNIT, RelationUnit.idOf(number, saas().name() + "/0")));
    }

    /** The same offer at another controller: the same relation, token, proxy, and so the same database. */
    @Test
    public void anOfferThatMovedIsPointedAtAnew() throws Exception {
        RemoteRelation before = record();
        String proxy = estate.proxyOf(connection(offering));
        Estate.Place moved = estate.move(offering, estate.parties.get(2));
        awaitStatus("error");
        estate.consume(consumer, moved);
        estate.quiet("pointed at anew");
        assertEquals("active", saas().status().status());
        assertEquals(estate.parties.get(2).uuid, saas().sourceController());
        assertEquals(1, saas().consumeVersion());
        assertEquals(before.token(), record().token());
        assertEquals(before.secret(), record().secret());
        assertEquals(before.relation(), relation(consumer).number());
        assertEquals(1, moved.now().count(Kinds.OFFER_CONNECTION));
        assertEquals(proxy, estate.proxyOf(connection(moved)));
        // What is said now arrives there.
        estate.write(consumer, before.relation(), "wordpress/0", "7");
        estate.write(moved, relation(moved).number(), "mysql/1", "8");
        estate.quiet("talking");
    }

    private void epoch(long epoch) throws Exception {
        Party.get(offering.party().store().model(offering.uuid()).orElseThrow().submit(tx -> {
            tx.put(Kinds.MODEL, tx.now().model().withEpoch(epoch));
            return null;
        }));
    }

    /** A controller that had the model once, and still answers for it, ends nothing. */
    @Test
    public void whatAnOwnerOfBeforeSaysIsNotTaken() throws Exception {
        epoch(3);
        consumer.party().cut(true);
        awaitStatus("error");
        consumer.party().cut(false);
        estate.await("heard", () -> saas().epoch() == 3 ? null : saas().toString());
        estate.quiet("raised");
        consumer.party().cut(true);
        // Elsewhere it heard of a later one.
        Party.get(consumer.party().store().model(consumer.uuid()).orElseThrow().submit(tx -> {
            tx.put(Kinds.REMOTE_APPLICATION, saas().withEpoch(4));
            tx.put(Kinds.REMOTE_RELATION, record().withEpoch(4));
            return null;
        }));
        estate.removeOffer(offering, true);
        consumer.party().cut(false);
        estate.await(
                "not taken", () -> saas().status().message().contains("another controller") ? null : saas().toString());
        assertEquals("error", saas().status().status());
        assertEquals(Life.ALIVE, relation(consumer).life());
    }

    @Test
    public void whatIsTerminatedIsReplacedThoughItsRelationIsStillEnding() throws Exception {
        String token = record().token();
        String offer = saas().offer();
        estate.removeOffer(offering, true);
        awaitStatus("terminated");
        Refused refused = assertThrows(Refused.class, () -> estate.relate(consumer, offering, "backup", "admin"));
        assertTrue(refused.getMessage(), refused.getMessage().contains("is terminated"));
        estate.offer(offering);
        estate.access(offering, "grant", "consume");
        // No agent has left the old relation yet.
        estate.consume(consumer, offering);
        assertNotEquals(offer, saas().offer());
        assertEquals(2, saas().consumeVersion());
        estate.await(
                "the old relation is gone",
                () -> consumer.now().count(Kinds.RELATION) == 0
                        ? null
                        : consumer.now().all(Kinds.RELATION).toString());
        estate.relate(consumer, offering, "db", "db");
        estate.quiet("related anew");
        assertNotEquals(token, record().token());
        assertEquals(1, offering.now().count(Kinds.OFFER_CONNECTION));
    }

    private void awaitIngress(List<String> networks) throws Exception {
        estate.await(
                "ingress is " + networks,
                () -> connection(offering).ingress().equals(networks)
                        ? null
                        : connection(offering).toString());
    }

    private String openAsListed() throws Exception {
        return offering.party()
                .ask(
                        "admin",
                        null,
                        "ApplicationOffers",
                        "ListApplicationOffers",
                        Map.of("Filters", List.of(Map.of("owner-name", "admin", "model-name", offering.name()))))
                .at("/results/0/connections/0/ingress-subnets")
                .toString();
    }

    @Test
    public void networksThatAreNotAdmittedAreToldAndNothingIsStuckByThem() throws Exception {
        awaitIngress(List.of("1.2.3.0/32"));
        estate.configure(consumer, "egress-subnets", "198.51.100.0/24");
        awaitIngress(List.of("198.51.100.0/24"));
        assertEquals("[\"198.51.100.0/24\"]", openAsListed());
        estate.configure(offering, "saas-ingress-allow", "10.0.0.0/8");
        // Closed at once, whatever the consumer knows.
        assertEquals("[]", openAsListed());
        // And it is told at once.
        awaitRelation(consumer, "wordpress", "error", "subnet 198.51.100.0/24 not in firewall allowlist");
        estate.configure(offering, "saas-ingress-allow", "10.0.0.0/8,198.51.100.0/24");
        awaitRelation(consumer, "wordpress", "joined", "");
        assertEquals("[\"198.51.100.0/24\"]", openAsListed());
        estate.configure(offering, "saas-ingress-allow", "10.0.0.0/8");
        awaitRelation(consumer, "wordpress", "error", "subnet 198.51.100.0/24 not in firewall allowlist");
        estate.configure(consumer, "egress-subnets", "203.0.113.0/24, 10.1.0.0/16");
        estate.await(
                "refused",
                () -> relation(consumer).status().status().equals("error")
                        ? null
                        : relation(consumer).toString());
        assertEquals(
                "subnet 203.0.113.0/24 not in firewall allowlist",
                relation(consumer).status().message());
        // Nothing of what was told before stays open.
        assertEquals(List.of("10.1.0.0/16"), connection(offering).ingress());
        estate.configure(offering, "saas-ingress-allow", "10.0.0.0/8,203.0.113.0/24");
        awaitIngress(List.of("10.1.0.0/16", "203.0.113.0/24"));
        estate.quiet("admitted");
        assertEquals("joined", relation(consumer).status().status());
    }

    /** Nobody saw the last of them leave: they must not stay let in. */
    @Test
    public void networksThatLeftDuringACutAreClosed() throws Exception {
        awaitIngress(List.of("1.2.3.0/32"));
        Party away = estate.parties.get(1);
        away.cut(true);
        estate.removeUnit(consumer, "wordpress/0");
        estate.await("it left", () -> consumer.now().has(Kinds.UNIT, "wordpress/0") ? "it is there" : null);
        away.cut(false);
        awaitIngress(List.of());
    }

    private Relation relation(Estate.Place at, String endpoint) {
        return at.now().all(Kinds.RELATION).stream()
                .filter(relation -> relation.key().contains(endpoint))
                .findFirst()
                .orElseThrow();
    }

    private void awaitRelation(Estate.Place at, String endpoint, String status, String message) throws Exception {
        estate.await("the relation is " + status, () -> {
            StatusValue now = relation(at, endpoint).status();
            return now.status().equals(status) && now.message().equals(message) ? null : now.toString();
        });
    }

    /** The offering side requires: it dials the consumer, from where that model must allow. */
    @Test
    public void networksOfAnOfferThatDialsAreCheckedByWhoConsumesIt() throws Exception {
        estate.configure(consumer, "egress-subnets", "203.0.113.0/24");
        estate.configure(offering, "saas-ingress-allow", "10.0.0.0/8");
        estate.offer(consumer, "wordpress", "backup");
        estate.access(consumer, "grant", "consume");
        estate.consume(offering, consumer);
        estate.relate(offering, "mysql:admin", estate.alias(consumer) + ":backup");
        awaitRelation(offering, "backup", "error", "subnet 203.0.113.0/24 not in firewall allowlist");
        estate.configure(offering, "saas-ingress-allow", "10.0.0.0/8,203.0.0.0/16");
        awaitRelation(offering, "backup", "joined", "");
    }

    /** One application has one place at an endpoint, under whatever names the offer is known. */
    @Test
    public void theSameOfferTwiceSaysSoAndTakesThePlaceWhenItIsFree() throws Exception {
        estate.consume(consumer, offering, "again");
        estate.relate(consumer, "wordpress:db", "again:db");
        String proxy = estate.proxyOf(connection(offering));
        String taken =
                "cannot add relation \"" + proxy + ":db mysql:db\": relation " + proxy + ":db mysql:db already exists";
        awaitRelation(consumer, "again", "error", taken);
        estate.access(offering, "revoke", "consume");
        estate.await(
                "both are suspended",
                () -> consumer.now().all(Kinds.RELATION).stream().allMatch(Relation::suspended) ? null : "not both");
        estate.access(offering, "grant", "consume");
        // It never was there: no one there could resume it.
        awaitRelation(consumer, "again", "error", taken);
        assertFalse(relation(consumer, "again").suspended());
        estate.removeRelation(
                consumer, relation(consumer, estate.alias(offering)).number(), false);
        awaitRelation(consumer, "again", "joined", "");
    }

    @Test
    public void whatIsRevokedIsSuspendedAtOnceAndResumedOnlyByHand() throws Exception {
        estate.access(offering, "revoke", "consume");
        // In the same commit, before anybody is told.
        assertTrue(relation(offering).suspended());
        assertEquals("revoke", relation(offering).suspendedCause());
        awaitStatus("error");
        assertEquals("offer permission revoked", saas().status().message());
        estate.quiet("revoked");
        assertTrue(relation(consumer).suspended());
        int number = relation(offering).number();
        assertThrows(Refused.class, () -> estate.suspend(offering, number, false));
        estate.access(offering, "grant", "consume");
        awaitStatus("active");
        assertTrue(relation(offering).suspended());
        assertEquals(Life.ALIVE, relation(consumer).life());
        estate.suspend(offering, number, false);
        estate.quiet("resumed");
        assertFalse(relation(consumer).suspended());
    }

    @Test
    public void whyItIsSuspendedIsTheSameOnBothSides() throws Exception {
        estate.suspend(offering, relation(offering).number(), true);
        awaitReason("maintenance");
        estate.access(offering, "revoke", "consume");
        assertEquals("revoke", relation(offering).suspendedCause());
        awaitReason("offer permission revoked");
    }

    private void awaitReason(String reason) throws Exception {
        estate.await(
                reason,
                () -> reason.equals(relation(offering).suspendedReason())
                                && reason.equals(relation(consumer).suspendedReason())
                                && reason.equals(relation(consumer).status().message())
                        ? null
                        : relation(consumer).toString());
    }
}
