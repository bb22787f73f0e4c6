package org.isthmus.cli.command;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Constraints;
import org.isthmus.cli.text.Document;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What a bundle says, and what is left to do for it in a model. */
public class BundleTest {
    private static final String WIKI =
            """
            default-base: ubuntu@22.04
            saas:
              mysql:
                url: prod.mysql
            applications:
              wiki:
                charm: mediawiki
                channel: stable
                num_units: 2
                to: [0]
                expose: true
                options: {name: Docs, skin: "7"}
                annotations: {x: "1"}
                constraints: mem=2G
                offers:
                  site: {endpoints: [website], acl: {bob: consume}}
              cache:
                charm: memcached
                scale: 1
            machines:
              0: {constraints: cores=2}
            relations:
            - [wiki:db, mysql:db]
            - - wiki
              - [cache]
            """;
    private static final List<String> WIKI_LINES = List.of(
            "consume offer mysql at prod.mysql",
            "deploy application wiki from charm-hub on ubuntu@22.04/stable with stable using mediawiki",
            "expose all endpoints of wiki and allow access from CIDRs 0.0.0.0/0 and ::/0",
            "set annotations for wiki",
            "deploy application cache from charm-hub on ubuntu@22.04/stable using memcached",
            "add new machine 0",
            "add unit wiki/0 to new machine 0",
            "add unit wiki/1 to new machine 0",
            "add unit cache/0 to new machine",
            "add relation wiki:db - mysql:db",
            "add relation wiki - cache",
            "create offer site using wiki:website",
            "grant user bob consume access to offer site");
    private static final String WIKI_STATUS =
            """
            {"applications": {
               "wiki": {"charm": "ch:amd64/jammy/mediawiki-3", "charm-rev": 3, "exposed": true, "life": "alive",
                        "base": {"name": "ubuntu", "channel": "22.04/stable"},
                        "units": {"wiki/0": {"machine": "4"}, "wiki/1": {"machine": "4"}}},
               "cache": {"charm": "local:memcached-1", "units": {"cache/2": {"machine": "5"}}}},
             "remote-applications": {"mysql": {"offer-url": "ctrl:admin/prod.mysql", "status": {"status": "active"}}},
             "offers": {"site": {"application-name": "wiki", "endpoints": {"website": {}}}},
             "relations": [
               {"endpoints": [{"application": "mysql", "name": "db"}, {"application": "wiki", "name": "db"}]},
               {"endpoints": [{"application": "cache", "name": "cache"}, {"application": "wiki", "name": "cache"}]}]}
            """;
    private static final BundleExisting.Facts WIKI_FACTS = new BundleExisting.Facts(
            Map.of("name", new TextNode("Docs"), "skin", new IntNode(7)),
            false,
            Constraints.parse("mem=2048M"),
            Map.of("x", "1"));

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final Document yaml = new Document();

    private BundleFile read(String... texts) throws IOException {
        List<BundleReader.Source> sources = new ArrayList<>();
        for (String text : texts) {
            for (Object document : yaml.readAllYaml(text)) {
                sources.add(
                        new BundleReader.Source(document, temporary.getRoot().toPath()));
            }
        }
        return BundleReader.read(sources);
    }

    private static String url(String text) {
        return BundleExisting.url(text, "ctrl", "admin");
    }

    private static BundlePlan plan(BundleFile bundle, String status) throws IOException {
        JsonNode node = new ObjectMapper().readTree(status);
        return BundlePlan.of(
                bundle,
                BundleExisting.of(
                        node,
                        Map.of("wiki", WIKI_FACTS),
                        Map.of("site", Map.of("bob", "consume", "admin", "admin")),
                        BundleTest::url),
                BundleTest::url);
    }

    private static List<String> lines(BundlePlan plan) {
        assertEquals(List.of(), plan.errors());
        return plan.changes().stream().map(BundleChange::line).toList();
    }

    private List<String> errors(String... texts) throws IOException {
        return read(texts).errors();
    }

    // ---- plans

    @Test
    public void anEmptyModelGetsEverything() throws IOException {
        BundleFile bundle = read(WIKI);
        assertEquals(List.of(), bundle.errors());
        assertEquals(List.of(), bundle.warnings());
        assertEquals(WIKI_LINES, lines(plan(bundle, "{}")));
    }

    @Test
    public void aModelThatHasItGetsNothing() throws IOException {
        assertEquals(List.of(), lines(plan(read(WIKI), WIKI_STATUS)));
    }

    @Test
    public void onlyWhatDiffersIsDone() throws IOException {
        String more =
                """
                applications:
                  wiki:
                    num_units: 3
                    trust: true
                    options: {skin: 8}
                    constraints: mem=4G
                    annotations: {x: "2"}
                    offers: {site: {endpoints: [website], acl: {bob: admin, eve: read}}}
                """;
        assertEquals(
                List.of(
                        "set application options for wiki",
                        "set constraints for wiki to \"mem=4096M\"",
                        "set annotations for wiki",
                        "add unit wiki/2 to existing machine 4",
                        "grant user bob admin access to offer site",
                        "grant user eve read access to offer site"),
                lines(plan(read(WIKI, more), WIKI_STATUS)));
    }

    @Test
    public void aSaasOfTheSameOfferIsReused() throws IOException {
        String status =
                """
                {"remote-applications": {"db": {"offer-url": "admin/prod.mysql"}}}
                """;
        List<String> lines = lines(plan(read(WIKI), status));
        assertFalse(lines.toString(), lines.get(0).startsWith("consume"));
        assertTrue(lines.toString(), lines.contains("add relation wiki:db - db:db"));
        assertEquals(
                List.of("SAAS \"mysql\" is of the offer admin/other.mysql already, not of admin/prod.mysql"),
                plan(read(WIKI), status.replace("\"db\"", "\"mysql\"").replace("prod", "other"))
                        .errors());
        assertTrue(lines(
                        plan(
                                read(WIKI),
                                """
                        {"remote-applications": {"mysql":
                          {"offer-url": "admin/prod.mysql", "status": {"status": "terminated"}}}}
                        """))
                .contains("consume offer mysql at prod.mysql"));
    }

    @Test
    public void whatDoesNotFitIsSaid() throws IOException {
        List<String> errors = plan(
                        read(WIKI),
                        WIKI_STATUS
                                .replace("mediawiki-3", "wordpress-3")
                                .replace("\"application-name\": \"wiki\"", "\"application-name\": \"cache\""))
                .errors();
        assertEquals(errors.toString(), 2, errors.size());
        assertTrue(errors.get(0), errors.get(0).startsWith("application \"wiki\" runs charm \"wordpress\""));
        assertEquals("offer \"site\" is of application \"cache\" already, not of \"wiki\"", errors.get(1));
    }

    @Test
    public void exposedEndpointsAreCompared() throws IOException {
        BundleFile bundle = read(
                """
                applications:
                  a:
                    charm: a
                    exposed-endpoints: {web: {expose-to-cidrs: [10.0.0.0/8]}, "": {}}
                """);
        assertEquals(
                List.of("deploy application a from charm-hub", "override expose settings for endpoints \"\",web of a"),
                lines(plan(bundle, "{}")));
        String there =
                """
                {"applications": {"a": {"charm": "ch:a-1", "exposed": true, "exposed-endpoints":
                   {"web": {"expose-to-cidrs": ["10.0.0.0/8"]}, "": {"expose-to-cidrs": ["0.0.0.0/0", "::/0"]}}}}}
                """;
        assertEquals(List.of(), lines(plan(bundle, there)));
        assertEquals(1, lines(plan(bundle, there.replace("10.0", "11.0"))).size());
    }

    // ---- reading

    @Test
    public void overlaysAddReplaceAndTakeAway() throws IOException {
        BundleFile bundle = read(
                WIKI
                        + """
                ---
                applications:
                  cache:
                  wiki:
                    num_units: 1
                    options: {skin: dark}
                  proxy: {charm: haproxy, num_units: 1}
                relations:
                - [proxy, "wiki:website"]
                """);
        assertEquals(List.of(), bundle.errors());
        assertEquals(List.of("wiki", "proxy"), List.copyOf(bundle.applications().keySet()));
        assertEquals(
                Map.of("name", "Docs", "skin", "dark"),
                bundle.applications().get("wiki").options());
        assertEquals(
                List.of(
                        new BundleFile.Relation("wiki:db", "mysql:db"),
                        new BundleFile.Relation("proxy", "wiki:website")),
                bundle.relations());
    }

    @Test
    public void filesAreIncludedAndPathsStartFromTheBundle() throws IOException {
        Path folder = temporary.getRoot().toPath();
        Files.writeString(folder.resolve("a.txt"), "hello\n");
        BundleFile bundle = read(
                """
                applications:
                  a:
                    charm: ./charms/a
                    options: {plain: "include-file://a.txt", coded: "include-base64://a.txt"}
                """);
        assertEquals(List.of(), bundle.errors());
        assertEquals(
                Map.of("plain", "hello\n", "coded", "aGVsbG8K"),
                bundle.applications().get("a").options());
        assertEquals(folder.resolve("charms/a"), bundle.applications().get("a").path());
        assertEquals(
                List.of("application \"a\": cannot include b.txt for \"o\": no such file or directory"),
                errors("applications: {a: {charm: a, options: {o: 'include-file://b.txt'}}}"));
    }

    @Test
    public void relationsMayNameSeveral() throws IOException {
        BundleFile bundle = read(
                """
                applications: {a: {charm: a}, b: {charm: b}, c: {charm: c}}
                relations:
                - [["a:x"], ["b:x", "c:x"]]
                """);
        assertEquals(
                List.of(new BundleFile.Relation("a:x", "b:x"), new BundleFile.Relation("a:x", "c:x")),
                bundle.relations());
        assertEquals(List.of(), bundle.errors());
    }

    @Test
    public void everythingWrongIsListed() throws IOException {
        assertEquals(
                List.of(
                        "machine \"0\": base \"nothing\" not valid: expected <name>@<channel>",
                        "application \"a\": \"storage\" is not supported by this version",
                        "application \"a\": cannot specify both \"num_units\" and \"scale\"",
                        "application \"b\" has no charm",
                        "invalid constraints \"mum=1\" in application \"b\": unknown constraint \"mum\"",
                        "offer \"o\": \"eat\" offer access not valid",
                        "application \"a\" already exists with SAAS \"a\" name",
                        "invalid offer URL \"what\" for SAAS \"a\"",
                        "application \"a\": placement \"lxd:0\" is not supported by this version: containers cannot be asked for",
                        "too many units specified in unit placement for application \"b\"",
                        "placement \"7\" refers to a machine not defined in this bundle",
                        "machine \"0\" is not referred to by a placement directive",
                        "relation [\"a\" \"z:y\"] refers to application \"z\" not defined in this bundle",
                        "relation [\"b\" \"b\"] relates an application to itself"),
                errors(
                        """
                        applications:
                          a: {charm: a, num_units: 1, scale: 2, to: ["lxd:0"], storage: {x: 1G}, resources: {}}
                          b:
                            num_units: 0
                            to: [7]
                            constraints: mum=1
                            offers: {o: {endpoints: [x], acl: {bob: eat}}}
                        machines: {0: {base: nothing}}
                        saas: {a: {url: what}}
                        relations: [[a, "z:y"], [b, b]]
                        """));
        assertEquals(List.of("at least one application must be specified"), errors("name: x"));
        assertTrue(errors("bundle: kubernetes\napplications: {a: {charm: a}}")
                .contains("kubernetes bundles are not supported by this version"));
        assertTrue(errors("services: {a: {charm: a}}").get(0).startsWith("\"services\" is not supported"));
    }

    @Test
    public void whatIsNotKnownIsWarnedOf() throws IOException {
        BundleFile bundle = read(
                """
                name: x
                colour: red
                applications: {a: {charm: a, size: 1, bindings: {"": alpha}}}
                """);
        assertEquals(List.of(), bundle.errors());
        assertEquals(
                List.of(
                        "unknown key \"colour\" ignored",
                        "unknown key \"size\" of application \"a\" ignored",
                        "bindings of application \"a\" ignored: there is one space"),
                bundle.warnings());
    }

    @Test
    public void anApplicationTwiceIsRefused() {
        assertThrows(IOException.class, () -> read("applications: {a: {charm: a}, a: {charm: b}}"));
    }
}
