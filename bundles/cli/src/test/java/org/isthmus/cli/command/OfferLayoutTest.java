package org.isthmus.cli.command;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.isthmus.cli.text.Colour;
import org.isthmus.cli.text.Document;
import org.junit.Test;

/** The tables of offers, in both eras. */
public class OfferLayoutTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Colour PLAIN = new Colour(false);

    private final Document documents = new Document();
    private final List<JsonNode> offers = read(
            """
            [{"source-model-tag":"model-1","offer-url":"admin/prod-db.mysqlservice","offer-name":"mysqlservice",
              "application-name":"mysql","charm-url":"ch:mysql-58","application-description":"A database.",
              "endpoints":[{"name":"db","interface":"mysql","role":"provider"}],
              "users":[{"user":"admin","display-name":"Administrator","access":"admin"},
                       {"user":"everyone@external","display-name":"","access":"read"}],
              "connections":[
                {"source-model-tag":"model-2","relation-id":12,"username":"bob","endpoint":"db",
                 "status":{"status":"suspended","info":"maintenance","since":"2026-11-23T11:00:00Z"},"ingress-subnets":[]},
                {"source-model-tag":"model-2","relation-id":2,"username":"bob","endpoint":"db",
                 "status":{"status":"joined"},"ingress-subnets":["10.0.0.0/24","10.1.0.0/24"]},
                {"source-model-tag":"model-3","relation-id":7,"username":"alice","endpoint":"db",
                 "status":{"status":"joined"},"last-seen":"2026-11-23T11:55:00Z","ingress-subnets":[]}]},
             {"source-model-tag":"model-1","offer-url":"admin/prod-db.hosted","offer-name":"hosted",
              "application-name":"mysql","charm-url":"ch:mysql-58","application-description":"",
              "endpoints":[{"name":"server","interface":"mysql-root","role":"provider"},
                           {"name":"log","interface":"syslog","role":"requirer"}],
              "users":[],"connections":[]}]""");

    private List<JsonNode> read(String json) {
        List<JsonNode> list = new ArrayList<>();
        try {
            documents.mapper().readTree(json).forEach(list::add);
        } catch (java.io.IOException bad) {
            throw new AssertionError(bad);
        }
        return list;
    }

    @Test
    public void findEndpointsIsAsInTheStory() {
        assertEquals(
                """
                URL                         Access  Interfaces
                admin/prod-db.mysqlservice  admin   mysql:db
                """,
                Offers.found(offers.subList(0, 1), "crossing-models", "admin", true));
    }

    @Test
    public void findOffers() {
        assertEquals(
                """
                Store            URL                         Access  Interfaces
                crossing-models  admin/prod-db.hosted        -       mysql-root:server, syslog:log
                crossing-models  admin/prod-db.mysqlservice  admin   mysql:db
                """,
                Offers.found(offers, "crossing-models", "admin", false));
    }

    @Test
    public void findOffersAsYaml() {
        assertEquals(
                """
                ctrl:admin/prod-db.mysqlservice:
                  access: admin
                  endpoints:
                    db:
                      interface: mysql
                      role: provider
                  users:
                    admin:
                      display-name: Administrator
                      access: admin
                    everyone@external:
                      access: read
                """,
                documents.yaml(Offers.foundDocument(offers.subList(0, 1), "ctrl", "admin")));
    }

    @Test
    public void connections() {
        assertEquals(
                """
                Offer         User   Relation ID  Status                                 Endpoint  Interface  Role      Ingress subnets
                hosted        -
                mysqlservice  alice  7            joined, lost, last seen 5 minutes ago  db        mysql      provider
                              bob    2            joined                                 db        mysql      provider  10.0.0.0/24,10.1.0.0/24
                              bob    12           suspended                              db        mysql      provider
                """,
                Offers.connected(offers, PLAIN, NOW));
    }

    @Test
    public void statusesAreColoured() {
        String text = Offers.connected(offers, new Colour(true), NOW);
        assertTrue(text, text.contains("\u001b[32mjoined\u001b[0m"));
        assertTrue(text, text.contains("\u001b[33msuspended\u001b[0m"));
    }

    @Test
    public void summary() {
        assertEquals(
                """
                Offer         Application  Charm        Connected  Store  URL                         Endpoint  Interface   Role
                hosted        mysql        ch:mysql-58  0/0        ctrl   admin/prod-db.hosted        log       syslog      requirer
                                                                                                      server    mysql-root  provider
                mysqlservice  mysql        ch:mysql-58  2/3        ctrl   admin/prod-db.mysqlservice  db        mysql       provider
                """,
                Offers.summary(offers, "ctrl", false));
    }

    @Test
    public void offersOf22() {
        assertEquals(
                """
                Application  Charm        Connected  Store  URL                         Endpoint  Interface  Role
                mysql        ch:mysql-58  3          ctrl   admin/prod-db.mysqlservice  db        mysql      provider
                """,
                Offers.summary(offers.subList(0, 1), "ctrl", true));
    }

    @Test
    public void offersAsYaml() {
        assertEquals(
                """
                mysqlservice:
                  application: mysql
                  store: ctrl
                  charm: ch:mysql-58
                  offer-url: admin/prod-db.mysqlservice
                  endpoints:
                    db:
                      interface: mysql
                      role: provider
                  connections:
                  - source-model-uuid: "3"
                    username: alice
                    relation-id: 7
                    endpoint: db
                    status:
                      current: joined
                    last-seen: 23 Nov 2026 11:55:00Z
                  - source-model-uuid: "2"
                    username: bob
                    relation-id: 2
                    endpoint: db
                    status:
                      current: joined
                    ingress-subnets:
                    - 10.0.0.0/24
                    - 10.1.0.0/24
                  - source-model-uuid: "2"
                    username: bob
                    relation-id: 12
                    endpoint: db
                    status:
                      current: suspended
                      message: maintenance
                      since: 23 Nov 2026 11:00:00Z
                  users:
                    admin:
                      display-name: Administrator
                      access: admin
                    everyone@external:
                      access: read
                """,
                documents.yaml(Offers.document(offers.subList(0, 1), "ctrl", ZoneOffset.UTC)));
    }

    @Test
    public void showOffer() {
        JsonNode offer =
                read("""
                [{"offer-url":"admin/p.db","application-description":"one two three four five six seven eight nine ten eleven twelve",
                  "endpoints":[{"name":"b","interface":"mysql","role":"provider"},{"name":"a","interface":"http","role":"requirer"},
                               {"name":"c","interface":"syslog","role":"requirer"}],
                  "users":[{"user":"bob","access":"consume"}]}]""")
                        .get(0);
        assertEquals(
                """
                Store  URL         Access   Description                                   Endpoint  Interface  Role
                ctrl   admin/p.db  consume  one two three four five six seven eight nine  a         http       requirer
                                            ten eleven twelve                             b         mysql      provider
                                                                                          c         syslog     requirer
                """,
                Offers.shown(offer, "ctrl", "bob", false));
        assertEquals(
                "URL         Access   Description                                   Endpoint  Interface  Role",
                Offers.shown(offer, "ctrl", "bob", true).lines().findFirst().orElseThrow());
    }

    @Test
    public void longDescriptionsAreCutAndWrapped() {
        String cut = Offers.cut("x".repeat(181));
        assertEquals(180, cut.length());
        assertTrue(cut.endsWith("..."));
        assertEquals("x".repeat(180), Offers.cut("x".repeat(180)));
        assertEquals(List.of(), Offers.wrap("  "));
        for (String line : Offers.wrap("aa bbb cccc ".repeat(40))) {
            assertTrue(line, line.length() <= 45);
            assertFalse(line, line.startsWith(" ") || line.endsWith(" "));
        }
        assertEquals(List.of("a", "x".repeat(60), "b"), Offers.wrap("a " + "x".repeat(60) + " b"));
    }
}
