package org.isthmus.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.Test;

/** Many callers share one JVM: neither the commands nor the client may touch the process's own streams and environment. */
public class NoProcessStateTest {
    private static final Pattern BANNED =
            Pattern.compile("System\\s*\\.\\s*(in|out|err|getenv|console|exit|setOut|setErr|setIn)\\b|Thread\\.sleep");

    @Test
    public void sourcesUseNoStreamsOrEnvironmentOfTheProcess() throws IOException {
        List<String> found = new ArrayList<>();
        int files = 0;
        for (String room : List.of("src/main/java", "../client/src/main/java")) {
            try (Stream<Path> all = Files.walk(Path.of(room))) {
                for (Path file : all.filter(p -> p.toString().endsWith(".java")).toList()) {
                    files++;
                    for (String line : Files.readAllLines(file)) {
                        if (BANNED.matcher(line).find()) {
                            found.add(file + ": " + line.trim());
                        }
                    }
                }
            }
        }
        assertTrue(files > 40);
        assertEquals(List.of(), found);
    }
}
