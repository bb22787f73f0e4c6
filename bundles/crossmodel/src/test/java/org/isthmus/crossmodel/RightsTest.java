package org.isthmus.crossmodel;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;

import java.util.List;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.StatusValue;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Rights that are the controller's: who loses them loses the relations that hung on them, also those who only watch. */
public final class RightsTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Estate estate;
    private Estate.Place offering;
    private Estate.Place consumer;

    @Before
    public void share() throws Exception {
        estate = new Estate(folder.newFolder().toPath(), 1, 2, 2);
        offering = estate.places.get(0);
        consumer = estate.places.get(1);
        estate.offer(offering);
    }

    @After
    public void close() {
        estate.close();
    }

    private void consume() throws Exception {
        estate.addUnit(consumer, "wordpress");
        estate.addUnit(offering, "mysql");
        estate.consume(consumer, offering);
    }

    private void relate() throws Exception {
        estate.relate(consumer, offering, "db", "db");
        estate.quiet("related");
        assertFalse(relation(offering).suspended());
    }

    private void superuser(String action) throws Exception {
        ask(
                "Controller",
                "ModifyControllerAccess",
                Map.of("changes", List.of(Map.of("user-tag", "user-bob", "action", action, "access", "superuser"))));
    }

    private void bob(String method) throws Exception {
        ask("UserManager", method, Map.of("entities", List.of(Map.of("tag", "user-bob"))));
    }

    private void ask(String facade, String method, Object params) throws Exception {
        offering.party().ask("admin", null, facade, method, params);
    }

    private static Relation relation(Estate.Place at) {
        return at.now().all(Kinds.RELATION).iterator().next();
    }

    private void awaitSaas(String status, String message) throws Exception {
        estate.await("the SAAS is " + status, () -> {
            StatusValue now = consumer.now()
                    .get(Kinds.REMOTE_APPLICATION, estate.alias(offering))
                    .status();
            return now.status().equals(status) && now.message().equals(message) ? null : now.toString();
        });
    }

    private void awaitRevoked() throws Exception {
        estate.await(
                "suspended",
                () -> relation(offering).suspended() && relation(consumer).suspended()
                        ? null
                        : relation(offering) + " " + relation(consumer));
        assertEquals("revoke", relation(offering).suspendedCause());
        assertEquals("offer permission revoked", relation(offering).suspendedReason());
        awaitSaas("error", "offer permission revoked");
        estate.quiet("revoked");
    }

    @Test
    public void whoIsNoSuperuserAnyMore() throws Exception {
        superuser("grant");
        consume();
        relate();
        superuser("revoke");
        awaitRevoked();
    }

    /** Nothing changes in the offering model: its watcher hears of it from the controller. */
    @Test
    public void whoIsNoSuperuserAnyMoreAndHasNoRelation() throws Exception {
        superuser("grant");
        consume();
        awaitSaas("active", "");
        superuser("revoke");
        awaitSaas("error", "offer permission revoked");
        superuser("grant");
        awaitSaas("active", "");
    }

    @Test
    public void whoIsDisabled() throws Exception {
        estate.access(offering, "grant", "consume");
        consume();
        relate();
        bob("DisableUser");
        awaitRevoked();
        int number = relation(offering).number();
        assertThrows(Refused.class, () -> estate.suspend(offering, number, false));
        bob("EnableUser");
        awaitSaas("active", "");
        estate.suspend(offering, number, false);
        estate.quiet("resumed");
        assertFalse(relation(consumer).suspended());
    }

    private static void features(Party party, String words) throws Exception {
        Party.get(party.store().controller().submit(tx -> {
            tx.put(Kinds.CONTROLLER, tx.now().controller().withSettings(Map.of("features", words)));
            return null;
        }));
    }

    /** What a controller switched off is not made through its other doors either; what is there goes on. */
    @Test
    public void whereRelationsBetweenModelsAreSwitchedOff() throws Exception {
        estate.access(offering, "grant", "consume");
        consume();
        relate();
        features(consumer.party(), "other");
        Refused refused = assertThrows(Refused.class, () -> estate.relate(consumer, offering, "backup", "admin"));
        assertEquals(Code.NOT_SUPPORTED, refused.problem().code());
        assertEquals(1, consumer.now().count(Kinds.RELATION));
        features(consumer.party(), "other, cross-model");
        features(offering.party(), "");
        estate.relate(consumer, offering, "backup", "admin");
        estate.await(
                "refused",
                () -> consumer.now().all(Kinds.RELATION).stream().anyMatch(relation -> relation.status()
                                .message()
                                .equals("feature flag \"cross-model\" is not enabled"))
                        ? null
                        : consumer.now().all(Kinds.RELATION).toString());
        assertEquals(1, offering.now().count(Kinds.OFFER_CONNECTION));
        features(offering.party(), "cross-model");
        estate.quiet("switched on");
        assertEquals(2, offering.now().count(Kinds.OFFER_CONNECTION));
    }

    /** What was lost while nobody reconciled is found at the next start; what something else allows goes on. */
    @Test
    public void whoMayByTheOfferGoesOn() throws Exception {
        superuser("grant");
        estate.access(offering, "grant", "consume");
        consume();
        relate();
        superuser("revoke");
        offering.party().stop();
        offering.party().start();
        estate.quiet("started anew");
        assertFalse(relation(offering).suspended());
    }
}
