package org.isthmus.crossmodel;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.model.ExternalController;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelUser;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The way to another controller is everybody's: who may write to one model does not turn it elsewhere for all. */
public final class WayTest {
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
        estate.access(offering, "grant", "consume");
        Party.get(consumer.party().store().model(consumer.uuid()).orElseThrow().submit(tx -> {
            tx.put(Kinds.MODEL_USER, new ModelUser("bob", "", "write", "admin", Instant.now()));
            return null;
        }));
        estate.consume(consumer, offering);
    }

    @After
    public void close() {
        estate.close();
    }

    private ExternalController known(String uuid) {
        return consumer.party().store().controller().snapshot().get(Kinds.EXTERNAL_CONTROLLER, uuid);
    }

    private void consume(String user, String alias, String controller, String address, String ca) throws Exception {
        var details = estate.details(offering);
        ObjectNode arg = ((ObjectNode) details.path("offer")).deepCopy();
        arg.set("macaroon", details.path("macaroon"));
        arg.putObject("external-controller")
                .put("controller-tag", "controller-" + controller)
                .put("controller-alias", "elsewhere")
                .put("ca-cert", ca)
                .putArray("addrs")
                .add(address);
        arg.put("application-alias", alias);
        consumer.party().ask(user, consumer.uuid(), "Application", "Consume", Map.of("args", List.of(arg)));
    }

    private Code refused(String alias, String address, String ca) {
        return assertThrows(Refused.class, () -> consume("bob", alias, offering.party().uuid, address, ca))
                .problem()
                .code();
    }

    @Test
    public void aWriterOfOneModelTurnsNobodysWay() throws Exception {
        String uuid = offering.party().uuid;
        ExternalController before = known(uuid);
        assertEquals(List.of("c0:17070"), before.addresses());
        // With a SAAS that is refused, and with one that would be accepted.
        assertEquals(Code.ALREADY_EXISTS, refused("wordpress", "evil:1", "PEM"));
        assertEquals(Code.FORBIDDEN, refused("wordpress", "evil:1", "EVIL"));
        assertEquals(Code.FORBIDDEN, refused("bobs", "evil:1", "EVIL"));
        assertNull(consumer.now().get(Kinds.REMOTE_APPLICATION, "bobs"));
        assertEquals(before, known(uuid));
        // Where the known authority protects it, an address may be added, behind those that are known.
        consume("bob", "bobs", uuid, "c0-new:17070", "PEM\n");
        assertEquals(before.withAddresses(List.of("c0:17070", "c0-new:17070")), known(uuid));
        for (int i = 0; i < 40; i++) {
            consume("bob", "bobs", uuid, "far" + i + ":1", "PEM");
        }
        assertEquals("c0:17070", known(uuid).addresses().get(0));
        assertEquals(16, known(uuid).addresses().size());
    }

    @Test
    public void aSuperuserReplacesIt() throws Exception {
        String uuid = offering.party().uuid;
        consume("admin", estate.alias(offering), uuid, "moved:17070", "NEW");
        assertEquals(new ExternalController(uuid, "elsewhere", List.of("moved:17070"), "NEW"), known(uuid));
    }

    @Test
    public void whatARefusedConsumeBroughtIsForgotten() throws Exception {
        String uuid = UUID.randomUUID().toString();
        assertThrows(Refused.class, () -> consume("bob", "wordpress", uuid, "evil:1", "EVIL"));
        estate.await("refused", () -> known(uuid) == null ? null : "still known");
    }

    @Test
    public void whoAnswersMustBeWhoIsLookedFor() {
        SocketDial.needSame("a", "a");
        assertThrows(Refused.class, () -> SocketDial.needSame("a", "b"));
        assertThrows(Refused.class, () -> SocketDial.needSame("a", ""));
    }
}
