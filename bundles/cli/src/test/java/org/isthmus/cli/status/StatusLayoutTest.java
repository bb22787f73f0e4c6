package org.isthmus.cli.status;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.ZoneOffset;
import org.isthmus.cli.text.Colour;
import org.isthmus.cli.text.Document;
import org.junit.Test;

public class StatusLayoutTest {
    private final Document documents = new Document();

    private static final String BLOG =
            """
            model: {name: engineering-blog, type: iaas, cloud-tag: cloud-aws, region: us-east-1, version: 2.2.1, sla: unsupported}
            controller-timestamp: '2026-01-02T15:04:05Z'
            machines:
              '0': {agent-status: {status: started}, instance-status: {status: running, info: running}, dns-name: 203.0.113.7, instance-id: i-0cd638e443cb8441b, base: {name: ubuntu, channel: 14.04/stable}, hardware: arch=amd64 availability-zone=us-east-1a}
            applications:
              wordpress:
                charm: ch:amd64/trusty/wordpress-5
                charm-rev: 5
                charm-channel: stable
                base: {name: ubuntu, channel: 14.04/stable}
                exposed: false
                int: 1
                status: {status: active, info: ''}
                relations: {db: [mysqlservice], loadbalancer: [wordpress]}
                units:
                  wordpress/0: {agent-status: {status: idle}, workload-status: {status: active}, machine: '0', opened-ports: [80/tcp], public-address: 203.0.113.7, leader: true}
            remote-applications:
              mysqlservice: {offer-url: admin/prod-db.mysqlservice, endpoints: [{name: db, role: provider, interface: mysql}], status: {status: unknown}, relations: {db: [wordpress]}}
            offers: {}
            relations:
              - {id: 1, key: 'wordpress:loadbalancer', interface: reversenginx, scope: global, endpoints: [{application: wordpress, name: loadbalancer, role: peer}], status: {status: joined}}
              - {id: 2, key: 'wordpress:db mysqlservice:db', interface: mysql, scope: global, endpoints: [{application: mysqlservice, name: db, role: provider}, {application: wordpress, name: db, role: requirer}], status: {status: joined}}
            """;

    private JsonNode tree(String yaml) throws IOException {
        return documents.mapper().valueToTree(documents.readYaml(yaml));
    }

    private String table(String yaml, String controller, StatusTable.Layout layout, boolean relations)
            throws IOException {
        return new StatusTable(
                        new FullStatus(tree(yaml), controller),
                        new StatusTable.Options(layout, relations, false, new Colour(false), ZoneOffset.UTC, false))
                .text();
    }

    /** The transcript of the first story; the addresses are those that were stripped from it. */
    @Test
    public void theBlogInTheLayoutOfItsTime() throws IOException {
        assertEquals(
                """
                Model             Controller       Cloud/Region   Version  SLA
                engineering-blog  crossing-models  aws/us-east-1  2.2.1    unsupported

                SAAS name     Status   Store  URL
                mysqlservice  unknown  local  admin/prod-db.mysqlservice

                App        Version  Status  Scale  Charm      Store       Rev  OS      Notes
                wordpress           active      1  wordpress  jujucharms    5  ubuntu

                Unit          Workload  Agent  Machine  Public address  Ports   Message
                wordpress/0*  active    idle   0        203.0.113.7     80/tcp

                Machine  State    DNS          Inst id              Series  AZ          Message
                0        started  203.0.113.7  i-0cd638e443cb8441b  trusty  us-east-1a  running

                Relation      Provides      Consumes   Type
                db            mysqlservice  wordpress  regular
                loadbalancer  wordpress     wordpress  peer
                """,
                table(BLOG, "crossing-models", StatusTable.Layout.V2, false));
    }

    /** In the second model of the story the application comes before the service. */
    @Test
    public void applicationsOfARelationAreInAlphabeticalOrder() throws IOException {
        String wiki = BLOG.replace("wordpress", "mediawiki").replaceAll("(?m)^.*loadbalancer', interface.*\n", "");
        String text = table(wiki, "c", StatusTable.Layout.V2, false);
        assertTrue(
                text,
                text.endsWith(
                        """
                Relation  Provides   Consumes      Type
                db        mediawiki  mysqlservice  regular
                """));
    }

    @Test
    public void theSameModelInTheLayoutOfToday() throws IOException {
        assertEquals(
                """
                Model             Controller       Cloud/Region   Version  SLA          Timestamp
                engineering-blog  crossing-models  aws/us-east-1  2.2.1    unsupported  15:04:05Z

                SAAS          Status   Store  URL
                mysqlservice  unknown  local  admin/prod-db.mysqlservice

                App        Version  Status  Scale  Charm      Channel  Rev  Exposed  Message
                wordpress           active      1  wordpress  stable     5  no

                Unit          Workload  Agent  Machine  Public address  Ports   Message
                wordpress/0*  active    idle   0        203.0.113.7     80/tcp

                Machine  State    Address      Inst id              Base          AZ          Message
                0        started  203.0.113.7  i-0cd638e443cb8441b  ubuntu@14.04  us-east-1a  running

                Integration provider    Requirer                Interface     Type     Message
                mysqlservice:db         wordpress:db            mysql         regular
                wordpress:loadbalancer  wordpress:loadbalancer  reversenginx  peer
                """,
                table(BLOG, "crossing-models", StatusTable.Layout.V3, false));
    }

    @Test
    public void withoutSharedServicesRelationsAreShownOnRequestOnly() throws IOException {
        String plain = BLOG.replaceAll("(?m)^  mysqlservice: .*\n", "")
                .replace("remote-applications:", "remote-applications: {}");
        assertTrue(!table(plain, "c", StatusTable.Layout.V3, false).contains("Integration"));
        assertTrue(table(plain, "c", StatusTable.Layout.V3, true).contains("Integration provider"));
    }

    @Test
    public void scaleSubordinatesHooksAndPorts() throws IOException {
        String text = table(
                """
                model: {name: m, cloud-tag: cloud-localhost, region: localhost, version: 3.6.9}
                machines:
                  '2': {agent-status: {status: pending}, instance-status: {status: allocating}}
                  '10': {agent-status: {status: down}, instance-id: x, base: {name: debian, channel: '12'}}
                applications:
                  app:
                    charm: local:app-3
                    exposed: true
                    workload-version: a-very-long-version-text
                    status: {status: unset}
                    units:
                      app/2: {agent-status: {status: allocating}, workload-status: {status: waiting, info: for machine}, machine: '2'}
                      app/10:
                        agent-status: {status: executing, info: running config-changed hook}
                        workload-status: {status: maintenance, info: busy}
                        machine: '10'
                        opened-ports: [443/tcp, 80/tcp, 81/tcp, 82/tcp, 53/udp]
                        subordinates:
                          nrpe/0: {agent-status: {status: idle}, workload-status: {status: active}}
                  nrpe: {charm: 'ch:nrpe-1', subordinate-to: [app], status: {status: active}}
                """,
                "c",
                StatusTable.Layout.V3,
                false);
        assertEquals(
                """
                Model  Controller  Cloud/Region         Version
                m      c           localhost/localhost  3.6.9

                App   Version          Status       Scale  Charm  Channel  Rev  Exposed  Message
                app   a-very-long-...  maintenance    1/2  app               3  yes
                nrpe                   active           1  nrpe              1  no

                Unit      Workload     Agent       Machine  Public address  Ports                Message
                app/2     waiting      allocating  2                                             for machine
                app/10    maintenance  executing   10                       80-82,443/tcp 53/udp  (config-changed) busy
                  nrpe/0  active       idle

                Machine  State    Address  Inst id  Base       AZ  Message
                2        pending           pending                 allocating
                10       down              x        debian@12
                """
                        .replace("Ports                Message", "Ports                 Message")
                        .replace(
                                "2                                             for",
                                "2                                              for"),
                text);
    }

    @Test
    public void documentsHaveJujusKeys() throws IOException {
        var tree = new StatusTree(new FullStatus(tree(BLOG), "crossing-models"), ZoneOffset.UTC, false).tree();
        String yaml = documents.yaml(tree);
        assertTrue(
                yaml,
                yaml.startsWith(
                        """
                model:
                  name: engineering-blog
                  type: iaas
                  controller: crossing-models
                  cloud: aws
                  region: us-east-1
                  version: 2.2.1
                  sla: unsupported
                machines:
                  "0":
                    juju-status:
                      current: started
                """));
        assertTrue(
                yaml,
                yaml.contains(
                        """
                    relations:
                      db:
                      - related-application: mysqlservice
                        interface: mysql
                        scope: global
                """));
        assertTrue(
                yaml,
                yaml.contains(
                        """
                application-endpoints:
                  mysqlservice:
                    url: admin/prod-db.mysqlservice
                    endpoints:
                      db:
                        interface: mysql
                        role: provider
                """));
        assertEquals(tree, documents.mapper().readValue(documents.json(tree), Object.class));
    }

    @Test
    public void lines() throws IOException {
        StatusLines lines = new StatusLines(new FullStatus(tree(BLOG), "c"));
        assertEquals("- wordpress/0: 203.0.113.7 (agent:idle, workload:active) 80/tcp\n", lines.line());
        assertTrue(lines.summary(), lines.summary().contains("# Units:"));
    }

    @Test
    public void colourDoesNotShiftColumns() throws IOException {
        String plain = table(BLOG, "c", StatusTable.Layout.V3, true);
        String coloured = new StatusTable(
                        new FullStatus(tree(BLOG), "c"),
                        new StatusTable.Options(
                                StatusTable.Layout.V3, true, false, new Colour(true), ZoneOffset.UTC, false))
                .text();
        assertTrue(coloured.contains("\u001b["));
        assertEquals(plain, coloured.replaceAll("\u001b\\[[0-9;]*m", ""));
    }
}
