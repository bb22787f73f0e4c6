package org.isthmus.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.isthmus.client.JujuData;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class MainTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final Main main = new Main(Doors.NONE);
    private ProgramRun juju;

    @Before
    public void start() {
        juju = new ProgramRun(main, folder.getRoot().toPath());
    }

    @After
    public void stop() {
        main.close();
    }

    @Test
    public void aSubordinateTakesNoUnits() throws IOException {
        Path charm = folder.getRoot().toPath().resolve("log");
        Files.createDirectories(charm.resolve("hooks"));
        Files.writeString(charm.resolve("hooks/start"), "#!/bin/sh\n");
        Files.writeString(
                charm.resolve("metadata.yaml"),
                """
                name: log
                summary: s
                description: d
                subordinate: true
                requires:
                  host: {interface: juju-info, scope: container}
                """);
        twoControllers();
        for (List<String> more : List.of(List.of("-n", "2"), List.of("--to", "0"), List.of("-n", "2", "--dry-run"))) {
            List<String> line = new ArrayList<>(List.of("deploy", "./log"));
            line.addAll(more);
            assertEquals(1, juju.run(line.toArray(String[]::new)));
            assertEquals("ERROR cannot use --num-units or --to with subordinate application\n", juju.err);
        }
        assertEquals(1, juju.run("deploy", "./log", "--constraints", "mem=1G"));
        assertEquals("ERROR cannot use --constraints with subordinate application\n", juju.err);
        assertEquals(juju.err, 0, juju.run("deploy", "./log", "-n", "1", "--dry-run"));
    }

    private JujuData twoControllers() throws IOException {
        JujuData data = new JujuData(Path.of(juju.env.get("JUJU_DATA")));
        for (String name : List.of("one", "two")) {
            data.putController(
                    name,
                    new JujuData.ControllerDetails(
                            "uuid-" + name, List.of("127.0.0.1:1"), "CA", "aws", "us-east-1", "localhost", "3.6.9"));
            data.putAccount(name, new JujuData.Account("admin", "secret", "superuser"));
            data.putModel(name, "admin/default", "11111111-0000-0000-0000-000000000000");
            data.putModel(name, "bob/shared", "22222222-0000-0000-0000-000000000000");
            data.setCurrentModel(name, "admin/default");
        }
        data.setCurrentController("one");
        return data;
    }

    @Test
    public void unknownCommandsAndOptionsAreUsageErrorsWithAHint() {
        assertEquals(2, juju.run("stauts"));
        assertEquals("", juju.out);
        assertEquals(
                "ERROR juju: \"stauts\" is not a juju command. See \"juju --help\".\n\nDid you mean:\n\tstatus\n",
                juju.err);
        assertEquals(2, juju.run("deploy", "x", "--confg", "a=b"));
        assertEquals("ERROR option provided but not defined: --confg\n\nDid you mean:\n\t--config\n", juju.err);
        assertEquals(2, juju.run("deploy", "x", "-n", "many"));
        assertEquals("ERROR invalid value \"many\" for option -n: must be a valid integer\n", juju.err);
        assertEquals(2, juju.run("deploy", "x", "--to"));
        assertEquals("ERROR option needs an argument: --to\n", juju.err);
        assertEquals(2, juju.run("whoami", "x"));
        assertEquals("ERROR unrecognized args: [\"x\"]\n", juju.err);
        assertEquals(2, juju.run("debug-log", "-l", "critical"));
        assertEquals(
                "ERROR level value \"critical\" is not one of \"TRACE\", \"DEBUG\", \"INFO\", \"WARNING\", \"ERROR\"\n",
                juju.err);
        assertEquals(2, juju.run("status", "--format", "xml"));
        assertEquals("ERROR invalid value \"xml\" for option --format: unknown format \"xml\"\n", juju.err);
    }

    @Test
    public void withoutControllersCommandsSayWhatToDo() {
        assertEquals(1, juju.run("status"));
        assertTrue(juju.err, juju.err.startsWith("ERROR No controllers registered.\n\nPlease either create"));
        assertEquals(1, juju.run("bootstrap", "localhost"));
        assertEquals("ERROR a controller can be made only inside a container\n", juju.err);
        assertEquals(1, juju.run("bootstrap", "mars"));
        assertTrue(juju.err, juju.err.startsWith("ERROR unknown cloud \"mars\""));
    }

    @Test
    public void switching() throws IOException {
        twoControllers();
        assertEquals(0, juju.run("switch"));
        assertEquals("one:admin/default\n", juju.out);
        assertEquals(0, juju.run("switch", "two"));
        assertEquals("one:admin/default -> two:admin/default\n", juju.err);
        assertEquals(0, juju.run("switch", "two"));
        assertEquals("two:admin/default (no change)\n", juju.err);
        assertEquals(0, juju.run("switch", "one:bob/shared"));
        assertEquals("two:admin/default -> one:bob/shared\n", juju.err);
        assertEquals(0, juju.run("switch", "--quiet", "default"));
        assertEquals("", juju.err);
        juju.env.put("JUJU_MODEL", "two:bob/shared");
        assertEquals(0, juju.run("switch"));
        assertEquals("two:bob/shared\n", juju.out);
        assertEquals(1, juju.run("switch", "one"));
        assertEquals(
                "ERROR cannot switch when JUJU_MODEL is overriding the model (set to \"two:bob/shared\")\n", juju.err);
    }

    @Test
    public void switchingBack() throws IOException {
        JujuData data = twoControllers();
        data.removeController("two");
        assertEquals(1, juju.run("switch", "-c", "-"));
        assertEquals("ERROR previous controller not found\n", juju.err);
        assertEquals(1, juju.run("switch", "-"));
        assertTrue(juju.err, juju.err.startsWith("ERROR no previous model for this controller one, use "));
        assertEquals(1, juju.run("switch", "-m", "-"));
        assertEquals("ERROR previous model for controller one not found\n", juju.err);

        twoControllers();
        assertEquals(0, juju.run("switch", "bob/shared"));
        assertEquals(juju.err, 0, juju.run("switch", "-"));
        assertEquals("one:bob/shared -> one:admin/default\n", juju.err);
        assertEquals(0, juju.run("switch", "-m", "-"));
        assertEquals("one:admin/default -> one:bob/shared\n", juju.err);
        assertEquals(0, juju.run("switch", "two"));
        assertEquals(0, juju.run("switch", "-"));
        assertEquals("two:admin/default -> one:bob/shared\n", juju.err);
        assertEquals(0, juju.run("switch", "-c", "-"));
        assertEquals("one:bob/shared -> two:admin/default\n", juju.err);
        assertEquals(0, juju.run("switch", "--model", "one:default"));
        assertEquals("two:admin/default -> one:admin/default\n", juju.err);
        assertEquals("of another controller", 0, juju.run("switch", "-"));
        assertEquals("one:admin/default -> two:admin/default\n", juju.err);

        assertEquals(2, juju.run("switch", "-c", "one", "-m", "default"));
        assertEquals("ERROR cannot specify both --model and --controller\n", juju.err);
        assertEquals(2, juju.run("switch", "-m", "default", "one"));
        assertEquals("ERROR no argument accepted when --model flag is specified\n", juju.err);

        data.removeController("one");
        assertEquals(1, juju.run("switch", "-c", "-"));
        assertEquals("ERROR previous controller not found\n", juju.err);
        data.removeModel("two", "bob/shared");
        assertEquals("what is gone is not gone back to", 1, juju.run("switch", "-"));
    }

    @Test
    public void whoamiAndControllers() throws IOException {
        twoControllers();
        assertEquals(0, juju.run("whoami"));
        assertEquals("Controller:  one\nModel:       default\nUser:        admin\n", juju.out);
        assertEquals(0, juju.run("whoami", "--format=yaml"));
        assertEquals("controller: one\nmodel: default\nuser: admin\n", juju.out);
        juju.env.put("JUJU_CONTROLLER", "two");
        assertEquals(0, juju.run("whoami", "--format", "json"));
        assertEquals("{\"controller\":\"two\",\"model\":\"default\",\"user\":\"admin\"}\n", juju.out);
        assertEquals(0, juju.run("controllers"));
        assertEquals(
                """
                Controller  Model    User   Access     Cloud/Region   Models  Nodes    HA  Version
                one*        default  admin  superuser  aws/us-east-1       2      1  none  3.6.9
                two         default  admin  superuser  aws/us-east-1       2      1  none  3.6.9
                """,
                juju.out);
        assertEquals("Use --refresh option with this command to see the latest information.\n\n", juju.err);
    }

    @Test
    public void filesAreFoundAsJujuFindsThem() throws IOException {
        twoControllers();
        Path home = folder.newFolder("home").toPath();
        Files.createDirectories(home.resolve(".local/share"));
        Path data = Path.of(juju.env.remove("JUJU_DATA"));
        juju.env.put("HOME", home.toString());
        assertEquals(1, juju.run("whoami"));
        Files.createSymbolicLink(home.resolve(".local/share/juju"), data);
        assertEquals(0, juju.run("whoami"));
        juju.env.put("XDG_DATA_HOME", home.resolve("nothing").toString());
        assertEquals(1, juju.run("whoami"));
        juju.env.put("JUJU_DATA", "data");
        assertEquals("a relative folder starts at the caller's", 0, juju.run("whoami"));
        juju.env.clear();
        assertEquals(1, juju.run("whoami"));
        assertTrue(juju.err, juju.err.startsWith("ERROR cannot determine juju data directory"));
    }

    @Test
    public void unreachableControllersAreAnErrorNotABug() throws IOException {
        twoControllers();
        assertEquals(1, juju.run("status", "--retry-count", "0"));
        assertTrue(juju.err, juju.err.startsWith("ERROR ") && !juju.err.contains("internal"));
    }

    @Test
    public void confirmationWantsTheName() throws IOException {
        JujuData data = twoControllers();
        juju.answers.add("tow");
        assertEquals(1, juju.run("unregister", "two"));
        assertEquals(2, data.controllers().size());
        juju.answers.add("two");
        assertEquals(0, juju.run("unregister", "two"));
        assertEquals(1, data.controllers().size());
        assertEquals(1, juju.run("unregister", "two", "--no-prompt"));
        assertEquals("ERROR controller two not found\n", juju.err);
    }

    @Test
    public void clouds() throws IOException {
        Path file = folder.newFile("aws.yaml").toPath();
        Files.writeString(file, "clouds: {aws: {type: localhost, auth-types: [empty], regions: {us-east-1: {}}}}");
        assertEquals(juju.err, 0, juju.run("add-cloud", "aws", "aws.yaml"));
        assertEquals(0, juju.run("regions", "aws"));
        assertEquals("us-east-1\n", juju.out);
        assertEquals(0, juju.run("clouds"));
        assertTrue(juju.out, juju.out.contains("aws              1  us-east-1"));
        assertEquals(1, juju.run("bootstrap", "aws/mars"));
        assertEquals("ERROR region \"mars\" for cloud \"aws\" not valid (available regions: us-east-1)\n", juju.err);
    }

    @Test
    public void help() {
        assertEquals(0, juju.run());
        assertTrue(juju.out.contains("Usage: juju [help] <command>"));
        assertEquals(0, juju.run("help", "deploy"));
        assertTrue(
                juju.out, juju.out.startsWith("Usage: juju deploy [options] <charm or bundle> [<application name>]"));
        String text = juju.out;
        assertEquals(0, juju.run("deploy", "--help"));
        assertEquals(text, juju.out);
        assertEquals(0, juju.run("help", "topics"));
        assertTrue(juju.out.contains("placement"));
        for (String command : main.names()) {
            assertEquals(0, juju.run("help", command));
            assertTrue(command, juju.out.contains("Summary:"));
        }
        assertEquals(1, juju.run("help", "nonsense"));
        assertEquals(0, juju.run("version"));
        assertTrue(juju.out.startsWith("3.6."));
    }

    @Test
    public void completion() throws IOException {
        twoControllers();
        Map<String, String> env = juju.env;
        assertEquals(
                List.of("add-machine", "add-model", "add-relation", "add-unit", "add-user"),
                main.complete(List.of("add-"), env).stream()
                        .filter(w -> w.matches("add-(m|r|u).*"))
                        .toList());
        assertEquals(
                List.of("--relations", "--retry-count", "--retry-delay"),
                main.complete(List.of("status", "--re"), env));
        assertEquals(List.of("bob/shared"), main.complete(List.of("status", "-m", "b"), env));
        assertEquals(List.of("one", "two"), main.complete(List.of("unregister", ""), env));
        assertEquals(List.of("tabular"), main.complete(List.of("models", "--format", "t"), env));
    }
}
