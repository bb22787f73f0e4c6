package org.isthmus.agent.hook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** How tools print values: smart, json or yaml. */
final class ToolFormat {
    /** From here on numbers are printed with an exponent. */
    private static final double EXACT = 1e21;

    private final ObjectMapper json;
    private ObjectMapper yaml;

    ToolFormat(ObjectMapper json) {
        this.json = json;
    }

    String render(String format, Object value) {
        Object shown = goes(value);
        try {
            return switch (format == null ? "smart" : format) {
                case "json" -> json.writeValueAsString(shown) + "\n";
                case "yaml" -> shown == null ? "" : yaml().writeValueAsString(shown);
                case "smart" -> smart(shown);
                default ->
                    throw new ToolFailure(
                            2,
                            "invalid value \"" + format + "\" for option --format: unknown format \"" + format + "\"");
            };
        } catch (JsonProcessingException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    /** A whole number is printed as one, whatever its type. */
    private static Object goes(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> shown = new LinkedHashMap<>();
            map.forEach((key, each) -> shown.put(key, goes(each)));
            return shown;
        }
        return value instanceof Double number && Math.rint(number) == number && Math.abs(number) < EXACT
                ? (Object) number.longValue()
                : value;
    }

    private String smart(Object value) throws JsonProcessingException {
        if (value == null) {
            return "";
        }
        if (value instanceof Boolean truth) {
            return truth ? "True\n" : "False\n";
        }
        if (value instanceof Collection<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(each -> each + "\n").collect(Collectors.joining());
        }
        if (value instanceof Map || value instanceof Collection) {
            return yaml().writeValueAsString(value);
        }
        String text = value.toString();
        return text.isEmpty() ? "" : text + "\n";
    }

    /** Made when first wanted: most hooks never print YAML. */
    private synchronized ObjectMapper yaml() {
        if (yaml == null) {
            yaml = new ObjectMapper(YAMLFactory.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .build());
            yaml.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
        }
        return yaml;
    }
}
