package org.isthmus.itests.stories;

import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Result;
import org.isthmus.itests.harness.Terminal;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;

/** The first story as it was told, every line in its order, through `bin/juju` and in the container's own shell. */
public class FirstStoryLinesTest {
    private static final Duration PACKAGES = Duration.ofMinutes(8);
    private static final Duration LINE = Duration.ofMinutes(2);

    /** The shell's prompt, and the mark after which a line's output begins. */
    private static final Pattern PROMPT = Pattern.compile("\\e\\[\\?2004histhmus> ");

    private static final Pattern ENTERED = Pattern.compile("\\e\\[\\?2004l");
    private static final Pattern MACHINE = Pattern.compile("root@[^ ]*[#$] |ubuntu@[^ ]*[#$] ");
    private static final Pattern MYSQL = Pattern.compile("mysql> ");

    @Rule
    public final Distribution isthmus = new Distribution("lines");

    private List<StoryFile.Step> story;
    private final List<String> wrong = new ArrayList<>();

    @Before
    public void readStory() throws IOException {
        story = StoryFile.read(Path.of("first-story.txt"));
        Files.writeString(
                isthmus.clientFiles().resolve("clouds.yaml"),
                "clouds:\n  aws:\n    type: localhost\n    auth-types: [empty]\n    regions:\n      us-east-1: {}\n");
    }

    @After
    public void sayWhatDiffers() {
        assertTrue(String.join("\n\n", wrong), wrong.isEmpty());
    }

    @Test
    public void throughTheProgram() {
        for (StoryFile.Step step : story) {
            before(step);
            if (step.line().startsWith("export ")) {
                String[] set = step.line().substring("export ".length()).split("=", 2);
                isthmus.with(set[0], set[1]);
            } else if (step.inside().isEmpty()) {
                Result result = isthmus.type(step.line()).ok();
                compare(step, result.out() + result.err());
            } else {
                try (Terminal terminal = isthmus.terminal(step.line())) {
                    terminal.await(MACHINE, LINE);
                    inside(terminal, step);
                }
            }
        }
        pages();
    }

    @Test
    public void inTheContainersShell() {
        try (Terminal shell = isthmus.console()) {
            shell.await(PROMPT, LINE);
            for (StoryFile.Step step : story) {
                before(step);
                shell.type(step.line());
                shell.await(ENTERED, LINE);
                if (step.inside().isEmpty()) {
                    String output = shell.await(PROMPT, LINE);
                    assertTrue(step.line() + "\n" + output, !output.contains("ERROR"));
                    if (output.isBlank() && step.shown().size() == 1) {
                        // ssh carries the error stream beside the terminal's: it may come after the prompt.
                        shell.await(step.shown().get(0), LINE);
                    } else {
                        compare(step, output);
                    }
                } else {
                    shell.await(MACHINE, LINE);
                    inside(shell, step);
                    shell.await(PROMPT, LINE);
                }
            }
        }
        pages();
    }

    private void before(StoryFile.Step step) {
        if (step.await() != null) {
            String[] unit = step.await().split(" ");
            isthmus.await(step.await(), PACKAGES, () -> isthmus.juju("status")
                    .ok()
                    .out()
                    .lines()
                    .map(line -> line.strip().split("\\s+"))
                    .anyMatch(cells -> cells.length > 2
                            && cells[0].replace("*", "").equals(unit[0])
                            && cells[1].equals(unit[1])
                            && cells[2].equals(unit[2])));
        }
    }

    private void compare(StoryFile.Step step, String output) {
        String difference = StoryFile.compare(step, output);
        if (difference != null) {
            wrong.add(difference);
        }
    }

    private void inside(Terminal terminal, StoryFile.Step step) {
        String output = "";
        for (String line : step.inside()) {
            terminal.type(line);
            output = terminal.await(MYSQL, LINE);
        }
        compare(step, output);
        terminal.type("exit");
        terminal.await(MACHINE, LINE);
        terminal.type("exit");
    }

    private void pages() {
        assertTrue(isthmus.page(isthmus.url("engineering-blog", "wordpress/0")).contains("<title>"));
        assertTrue(isthmus.page(isthmus.url("wiki", "mediawiki/0")).contains("MediaWiki"));
    }
}
