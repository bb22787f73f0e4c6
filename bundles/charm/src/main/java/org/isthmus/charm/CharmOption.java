package org.isthmus.charm;

/**
 * One option of config.yaml.
 *
 * @param type `string`, `int`, `float`, `boolean` or `secret`
 * @param defaultValue String, Long, Double or Boolean after the type; null where the charm gives none
 */
public record CharmOption(String name, String type, String description, Object defaultValue) {

    public CharmOption {
        // A whole number read back from JSON may be an Integer: one type an option, whatever the codec did.
        if (defaultValue instanceof Integer number) {
            defaultValue = number.longValue();
        }
        if ("float".equals(type) && defaultValue instanceof Number number) {
            defaultValue = number.doubleValue();
        }
    }
}
