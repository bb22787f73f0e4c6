package org.isthmus.shell;

import static org.junit.Assert.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.support.CommandException;
import org.junit.Test;

public class ScriptTest {
    private final List<String> ran = new ArrayList<>();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private void shell(String lines) throws Exception {
        if (lines.contains("{") && !lines.contains("}")) {
            throw new IllegalStateException("Eof found in the middle of a compound for '}{', begins at " + lines);
        }
        ran.add(lines);
        if (lines.strip().startsWith("juju nonsense")) {
            throw new JujuFailed(2);
        }
        if (lines.startsWith("bad")) {
            throw new CommandException("\u001B[31mno\u001B[39m such bundle");
        }
    }

    private int run(String text) {
        Script script = new Script(text);
        script.run(this::shell, new PrintStream(err, true, StandardCharsets.UTF_8));
        return script.code();
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    public void itStopsWhereItFailedAndSaysSo() {
        assertEquals(2, run("juju version\n\n  juju nonsense\njuju version\n\njuju status\n"));
        assertEquals(List.of("juju version", "  juju nonsense"), ran);
        assertEquals(
                "ERROR stopped at line 3 with exit code 2: juju nonsense\n      2 lines after it were not run\n",
                said());
    }

    @Test
    public void ofOneLineNothingMoreIsSaidThanItsError() {
        assertEquals(2, run("juju nonsense"));
        assertEquals("", said());
        assertEquals(1, run("bad"));
        assertEquals("ERROR no such bundle\n", said());
    }

    @Test
    public void aCommandMayTakeSeveralLines() {
        assertEquals(0, run("each [1 2] {\n  echo $it\n}\necho done"));
        assertEquals(List.of("each [1 2] {\n  echo $it\n}", "echo done"), ran);
        assertEquals(1, run("each [1 2] {\n  echo $it"));
    }
}
