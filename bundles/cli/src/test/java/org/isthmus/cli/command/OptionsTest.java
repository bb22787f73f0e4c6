package org.isthmus.cli.command;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Constraints;
import org.junit.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

public class OptionsTest {
    private final Catalogue catalogue = new Catalogue();

    /** Every option of every command, in each of its spellings, before and after an argument. */
    @Test
    public void everyOptionIsRead() {
        for (Catalogue.Entry entry : catalogue.entries()) {
            CommandLine model = Program.line(entry.make().get());
            for (OptionSpec option : model.getCommandSpec().options()) {
                for (String name : option.names()) {
                    boolean flag = option.arity().max() == 0;
                    String value = option.type() == int.class || option.type() == Integer.class ? "7" : "a=b,c";
                    List<List<String>> lines = flag
                            ? List.of(List.of(name, "x"), List.of("x", name))
                            : List.of(
                                    List.of(name, value, "x"),
                                    List.of("x", name, value),
                                    List.of(name + "=" + value, "x"));
                    for (List<String> line : lines) {
                        Command command = entry.make().get();
                        CommandLine parser = Program.line(command);
                        if (command instanceof Terminal && line.get(0).equals("x")) {
                            continue;
                        }
                        parser.parseArgs(line.toArray(String[]::new));
                        assertEquals(entry.name() + " " + line, List.of("x"), command.args);
                        Object got = parser.getCommandSpec().findOption(name).getValue();
                        assertNotNull(entry.name() + " " + line, got);
                        if (flag) {
                            assertEquals(Boolean.TRUE, got);
                        } else {
                            assertTrue(got + "", got.equals(value) || got.equals(List.of(value)) || got.equals(7));
                        }
                    }
                }
            }
        }
    }

    @Test
    public void everyCommandHasASummary() {
        for (Catalogue.Entry entry : catalogue.entries()) {
            assertFalse(entry.name(), entry.summary().isBlank());
            entry.aliases().forEach(alias -> assertEquals(entry, catalogue.find(alias)));
        }
    }

    @Test
    public void everyCommandHasExamples() {
        Help help = new Help(catalogue);
        for (Catalogue.Entry entry : catalogue.entries()) {
            String text = help.of(entry);
            int examples = text.indexOf("\nExamples:\n\n    juju " + entry.name());
            assertTrue(entry.name() + " has no examples", examples > 0);
        }
    }

    @Test
    public void wordsOfAnotherProgramStayItsOwn() {
        SshCommand ssh = new SshCommand();
        Program.line(ssh).parseArgs("-m", "x", "mysql/0", "ls", "-l", "--color");
        assertEquals(List.of("mysql/0", "ls", "-l", "--color"), ssh.args);
        assertEquals("x", ssh.model);
    }

    @Test
    public void placement() {
        Placing placing = new Placing();
        placing.to = List.of("0,lxd:1", "zone=a", "lxd");
        assertEquals(
                List.of(
                        Map.of("scope", "#", "directive", "0"),
                        Map.of("scope", "lxd", "directive", "1"),
                        Map.of("scope", "uuid", "directive", "zone=a"),
                        Map.of("scope", "lxd", "directive", "")),
                placing.directives("uuid"));
    }

    @Test
    public void durations() {
        assertEquals(Duration.ofMillis(100), Durations.parse("-t", "100ms"));
        assertEquals(Duration.ofMinutes(90), Durations.parse("-t", "1h30m"));
        assertEquals(Duration.ofSeconds(-1), Durations.parse("-t", "-1s"));
        assertEquals(Duration.ZERO, Durations.parse("-t", "0"));
    }

    @Test
    public void constraintsTravelAsNumbersAndLists() {
        Map<String, Object> wire =
                ConstraintWords.wire(Constraints.parse("mem=16G root-disk=1T zones=a,b allocate-public-ip=true"));
        assertEquals(16384L, wire.get("mem"));
        assertEquals(1048576L, wire.get("root-disk"));
        assertEquals(List.of("a", "b"), wire.get("zones"));
        assertEquals(true, wire.get("allocate-public-ip"));
    }

    @Test
    public void bases() {
        assertEquals(List.of("ubuntu", "22.04/stable"), List.of(Bases.parse("jammy")));
        assertEquals(List.of("ubuntu", "24.04/edge"), List.of(Bases.parse("ubuntu@24.04/edge")));
    }

    @Test
    public void entitiesOfTheLog() {
        assertEquals("unit-mysql-0", DebugLogCommand.entity("mysql/0"));
        assertEquals("machine-0-lxd-1", DebugLogCommand.entity("0/lxd/1"));
        assertEquals("unit-mysql-*", DebugLogCommand.entity("unit-mysql-*"));
    }
}
