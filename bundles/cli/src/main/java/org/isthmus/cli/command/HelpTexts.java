package org.isthmus.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Details of commands, and the topics that are no commands: one file each, in the folder `help` beside this class. */
final class HelpTexts {
    private static final List<String> TOPICS = List.of("environment", "placement");

    private HelpTexts() {}

    /** Empty where a command's summary says it all. */
    static String of(String command) {
        return read(command);
    }

    static Map<String, String> topics() {
        Map<String, String> texts = new TreeMap<>();
        TOPICS.forEach(topic -> texts.put(topic, read("topics/" + topic) + "\n"));
        return texts;
    }

    private static String read(String name) {
        try (InputStream in = HelpTexts.class.getResourceAsStream("help/" + name + ".txt")) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }
}
