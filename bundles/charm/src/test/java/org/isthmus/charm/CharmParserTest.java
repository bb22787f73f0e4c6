package org.isthmus.charm;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.isthmus.api.Refused;
import org.junit.Test;

public class CharmParserTest {
    private static final String HEAD = "name: blog\nsummary: s\ndescription: d\n";
    private static final String V2 = "bases: [{name: ubuntu, channel: 20.10, architectures: [amd64]}]";

    private static Charm parse(String... namesAndTexts) {
        Map<String, String> files = new HashMap<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            files.put(namesAndTexts[i], namesAndTexts[i + 1]);
        }
        try {
            return CharmParser.parse(
                    name -> files.containsKey(name) ? files.get(name).getBytes(StandardCharsets.UTF_8) : null);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void refused(String message, String... namesAndTexts) {
        try {
            parse(namesAndTexts);
        } catch (Refused refused) {
            assertTrue(refused.problem().message(), refused.problem().message().contains(message));
            return;
        }
        fail("not refused: " + message);
    }

    private static void metadata(String message, String text) {
        refused(message, "metadata.yaml", HEAD + text);
    }

    @Test
    public void aWholeCharmIsRead() {
        Charm charm = parse(
                "metadata.yaml",
                HEAD
                        + "requires:\n  db: mysql\n  info: {interface: juju-info, scope: container, limit: 2, optional: true}\n"
                        + "provides: {website: {interface: http}}\npeers: {ring: {interface: r}}\n"
                        + "subordinate: true\ntags: [a, 1.10]\n"
                        + "storage: {data: {type: filesystem, multiple: {range: 1-}, minimum-size: 1G}}\n"
                        + "resources: {jar: {type: file, filename: a.jar}}\nextra-bindings: {admin: }\n"
                        + "assumes: [juju >= 2.9, {any-of: [k8s-api, x]}]\n",
                "config.yaml",
                "options:\n  a: {type: int, default: 0x10}\n  b: {default: \"\"}\n  c: {type: float, default: 2}\n"
                        + "  d: {type: boolean, default: yes, description: D}\n  e: {type: string}\n",
                "actions.yaml",
                "dump:\n  description: Dumps\n  params: {to: {type: string}}\n  required: [to]\n  parallel: true\n"
                        + "  execution-group: g\nlist:\n",
                "manifest.yaml",
                V2,
                "revision",
                "12\n",
                "version",
                "abc\nnoise");
        assertEquals(
                new CharmRelation("info", "requirer", "juju-info", "container", 2, true),
                charm.metadata().requires().get("info"));
        assertEquals("mysql", charm.metadata().endpoints().get("db").interfaceName());
        assertEquals("peer", charm.metadata().peers().get("ring").role());
        assertEquals(List.of("a", "1.10"), charm.metadata().tags());
        assertEquals(-1L, charm.metadata().storage().get("data").get("count-max"));
        assertEquals(16L, charm.config().get("a").defaultValue());
        assertEquals("", charm.config().get("b").defaultValue());
        assertEquals(2.0, charm.config().get("c").defaultValue());
        assertEquals(true, charm.config().get("d").defaultValue());
        assertEquals("string", charm.config().get("e").type());
        assertEquals(
                Map.of("to", Map.of("type", "string")),
                charm.actions().get("dump").params().get("properties"));
        assertTrue(charm.actions().get("dump").parallel());
        assertEquals("No description", charm.actions().get("list").description());
        assertEquals("20.10/stable", charm.manifest().bases().get(0).channel());
        assertEquals(12, charm.revision());
        assertEquals("abc", charm.version());
    }

    @Test
    public void aSmallOldCharmIsRead() {
        Charm charm = parse("metadata.yaml", HEAD + "series: [trusty, xenial]\nmin-juju-version: 2.0.0\n");
        assertEquals(List.of("trusty", "xenial"), charm.metadata().series());
        assertEquals(0, charm.revision());
        assertEquals(CharmManifest.NONE, charm.manifest());
    }

    @Test
    public void metadataIsChecked() {
        refused("metadata.yaml is missing");
        refused("metadata: empty", "metadata.yaml", "# nothing\n");
        refused("metadata: name: expected string, got nothing", "metadata.yaml", "summary: s\ndescription: d\n");
        refused("metadata: name: \"Blog\" is not a valid charm name", "metadata.yaml", "name: Blog\n");
        refused("metadata: summary: expected string, got nothing", "metadata.yaml", "name: blog\n");
        metadata("charm \"blog\" using a reserved relation name: \"juju\"", "provides: {juju: x}");
        metadata("charm \"blog\" using a reserved relation name: \"juju-db\"", "requires: {juju-db: x}");
        metadata("relation \"db\" using a reserved interface: \"juju-info\"", "provides: {db: juju-info}");
        metadata("charm \"blog\" using a duplicated relation name: \"db\"", "provides: {db: x}\nrequires: {db: x}");
        metadata("lacks \"requires\" relation with container scope", "subordinate: true\nrequires: {db: x}");
        metadata(
                "metadata: requires.db.scope: unexpected value \"near\"",
                "requires: {db: {interface: x, scope: near}}");
        metadata("metadata: requires.db.interface: expected string, got nothing", "requires: {db: {scope: global}}");
        metadata(
                "metadata: requires.db.limit: expected int, got \"many\"",
                "requires: {db: {interface: x, limit: many}}");
        metadata("metadata: provides: expected map, got a list", "provides: [db]");
        metadata("metadata: subordinate: expected bool, got 3", "subordinate: 3");
        metadata("storage \"data\": type must be specified", "storage: {data: {}}");
        metadata("unexpected value \"tape\"", "storage: {data: {type: tape}}");
        metadata("does not match 'm', 'm-n', or 'm+'", "storage: {data: {type: block, multiple: {range: x}}}");
        metadata("location may not be specified for \"type: block\"", "storage: {d: {type: block, location: /x}}");
        metadata("resource missing filename: \"jar\"", "resources: {jar: {type: file}}");
        metadata("filename cannot contain \"/\"", "resources: {jar: {type: file, filename: a/b}}");
        metadata("invalid extra bindings", "extra-bindings: {db: }\nrequires: {db: x}");
        metadata("declares invalid series: \"X 1\"", "series: [X 1]");
        metadata("assumes in metadata v1 not valid", "assumes: [juju]");
        metadata("containers without a manifest.yaml", "containers: {a: {}}");
        metadata("invalid charm-user \"me\"", "charm-user: me");
        refused(
                "metadata v2 manifest.yaml with series slice",
                "metadata.yaml",
                HEAD + "series: [jammy]",
                "manifest.yaml",
                V2);
        refused(
                "min-juju-version in metadata v2",
                "metadata.yaml",
                HEAD + "min-juju-version: 2.9.0",
                "manifest.yaml",
                V2);
        refused(
                "referenced resource \"img\" not found",
                "metadata.yaml",
                HEAD + "containers: {a: {resource: img}}",
                "manifest.yaml",
                V2);
        refused("base \"ubuntu\" needs a channel", "metadata.yaml", HEAD, "manifest.yaml", "bases: [{name: ubuntu}]");
        refused("invalid revision file: \"x\"", "metadata.yaml", HEAD, "revision", "x");
    }

    @Test
    public void configAndActionsAreChecked() {
        String[][] table = {
            {"config.yaml", "", "invalid config: empty configuration"},
            {"config.yaml", "options: {a: {type: list}}", "option \"a\" has unknown type \"list\""},
            {"config.yaml", "options: {a: {default: 1}}", "invalid config default: option \"a\" expected string, got 1"
            },
            {"config.yaml", "options: {a: {type: int, default: x}}", "option \"a\" expected int, got \"x\""},
            {"config.yaml", "options: {a: {type: boolean, default: 1}}", "option \"a\" expected boolean, got 1"},
            {"actions.yaml", "Dump: {}", "bad action name Dump"},
            {"actions.yaml", "juju-run: {}", "action name juju-run is reserved"},
            {"actions.yaml", "dump: {params: [a]}", "actions: dump.params: expected map, got a list"},
            {"actions.yaml", "dump: {params: {a: 3}}", "expected map, got 3"},
        };
        for (String[] row : table) {
            refused(row[2], "metadata.yaml", HEAD, row[0], row[1]);
        }
    }

    @Test
    public void hostileYamlIsRefused() {
        StringBuilder bomb = new StringBuilder(HEAD + "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(9)).append("]\n");
        }
        refused("metadata: yaml: unfolds to too many values", "metadata.yaml", bomb.toString());
        metadata("key \"summary\" already set in map", "summary: again");
        metadata("Global tag is not allowed", "tags: !!java.net.URL [x]");
        metadata("unsupported tag", "tags: [!ruby/object x]");
        metadata("metadata: yaml:", "tags: &a [*a]");
        metadata("metadata: yaml:", "tags: " + "[".repeat(200) + "]".repeat(200));
        metadata("metadata: yaml:", "tags: [");
        metadata("metadata: yaml:", "? [a, b]\n: c");
        refused("metadata: yaml: expected map", "metadata.yaml", "[1, 2]");
    }

    /** Random YAML-like text ends in a charm or in a refusal, whatever it is. */
    @Test
    public void randomTextNeverBreaksTheParser() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String[] words = {
            "name",
            "requires",
            ": ",
            "\n",
            "  ",
            "- ",
            "{",
            "}",
            "[",
            "]",
            "&a ",
            "*a",
            "!!int ",
            "'",
            "\"",
            "|\n",
            "<<: ",
            "db",
            "1e9",
            "options",
            "~",
            "? ",
            "\u0000",
            "é",
            "0x",
            "type",
            "---\n",
            "%",
            "@",
            "storage",
            ", "
        };
        for (int i = 0; i < 5000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? HEAD : "");
            for (int n = random.nextInt(30); n > 0; n--) {
                text.append(words[random.nextInt(words.length)]);
            }
            String file = List.of("metadata.yaml", "config.yaml", "actions.yaml", "manifest.yaml")
                    .get(random.nextInt(4));
            try {
                if (file.equals("metadata.yaml")) {
                    parse(file, text.toString());
                } else {
                    parse("metadata.yaml", HEAD, file, text.toString());
                }
            } catch (Refused refused) {
                continue;
            } catch (RuntimeException broken) {
                throw new AssertionError("seed " + seed + ": " + text, broken);
            }
        }
    }
}
