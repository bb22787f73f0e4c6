package org.isthmus.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class BoundedLogFileTest {
    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    @Test
    public void itStaysSmallKeepsWhatWasSaidLastAndLosesNothingAtATurn() throws Exception {
        Path file = temp.getRoot().toPath().resolve("agent.log");
        Path old = Path.of(file + ".1");
        // Opened as a shell's >> does it.
        try (OutputStream shell = new FileOutputStream(file.toFile(), true);
                OutputStream log = new BoundedLogFile(shell, file, 1000)) {
            for (int i = 0; i < 1000; i++) {
                log.write(String.format("line %04d%n", i).getBytes(StandardCharsets.UTF_8));
                assertTrue(Files.size(file) < 1100);
            }
            shell.write("the JVM's own\n".getBytes(StandardCharsets.UTF_8));
        }
        String both = Files.readString(old) + Files.readString(file);
        String[] lines = both.split("\n");
        assertEquals("the JVM's own", lines[lines.length - 1]);
        for (int i = 2; i <= lines.length; i++) {
            assertEquals(String.format("line %04d", 1001 - i), lines[lines.length - i]);
        }
        assertTrue(lines.length > 100);
    }
}
