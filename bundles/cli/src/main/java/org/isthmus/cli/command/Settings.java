package org.isthmus.cli.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.charm.Scalar;
import org.isthmus.charm.YamlFile;

/** `--config` words: `key=value`, `key=@file`, or the path of a YAML file. */
final class Settings {
    private static final int FILE_CHARACTERS = 3 << 20;

    private Settings() {}

    static Map<String, Object> read(Session session, List<String> words) {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                settings.put(word.substring(0, equals), scalar(session, value(session, word.substring(equals + 1))));
            } else {
                settings.putAll(Data.map(document(session, word)));
            }
        }
        return settings;
    }

    /** The text itself, or that of the file behind `@`. */
    static String value(Session session, String word) {
        return word.startsWith("@") ? text(session.path(word.substring(1))) : word;
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw Failure.of("cannot read %s: %s", file, reason(failure));
        }
    }

    static String fileText(Session session, String file) {
        return file.equals("-") ? stdin(session) : text(session.path(file));
    }

    /** A file's map with every value as the text that was written: what it means is for the charm's options to say. */
    static Map<String, Object> written(String file, String text) {
        Map<String, Object> map = YamlFile.read(file, text.getBytes(StandardCharsets.UTF_8), FILE_CHARACTERS);
        return map == null ? Map.of() : Data.map(texts(map));
    }

    private static Object texts(Object value) {
        if (value instanceof Scalar scalar) {
            return scalar.value() == null ? null : scalar.text();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Settings::texts).toList();
        }
        Map<String, Object> texts = new LinkedHashMap<>();
        Data.map(value).forEach((key, each) -> texts.put(key, texts(each)));
        return texts;
    }

    static Object document(Session session, String file) {
        try {
            return session.documents().readYaml(fileText(session, file));
        } catch (IOException bad) {
            throw Failure.of("cannot parse %s: %s", file, bad.getMessage());
        }
    }

    private static String stdin(Session session) {
        if (session.invocation().stdin() == null) {
            throw Failure.of("there is no standard input");
        }
        try {
            return new String(session.invocation().stdin().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A number or a boolean where YAML sees one; what is neither stays the text it is. */
    private static Object scalar(Session session, String text) {
        try {
            Object value = session.documents().readYaml(text);
            return value instanceof Number || value instanceof Boolean ? value : text;
        } catch (IOException notYaml) {
            return text;
        }
    }

    /** In the words of a shell; the library's message is only the path for these. */
    static String reason(IOException failure) {
        return failure instanceof java.nio.file.NoSuchFileException
                ? "no such file or directory"
                : failure instanceof java.nio.file.AccessDeniedException ? "permission denied" : failure.getMessage();
    }
}
