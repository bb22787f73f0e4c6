package org.isthmus.charm;

/**
 * One value of a YAML file.
 *
 * @param text as it was written: `1.10`, `010`, `yes`
 * @param value what YAML takes it for: String, Long, Double, Boolean or null
 */
public record Scalar(String text, Object value) {

    /** What this text means where nothing says that it is a string. */
    public static Scalar of(String text) {
        return new Scalar(text, YamlFile.meaning(text));
    }
}
