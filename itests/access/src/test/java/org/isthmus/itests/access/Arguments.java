package org.isthmus.itests.access;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.isthmus.rpc.Json;

/**
 * Fills a method's parameters with what somebody would send who means those things: every field of a record by its name, every
 * list with one item.
 *
 * @param values by the field's name
 * @param otherwise for text of another name
 */
record Arguments(Map<String, Object> values, String otherwise) {
    private static final ObjectMapper JSON = Json.newMapper();
    private static final int DEEPEST = 6;

    JsonNode of(Type type) {
        if (type == JsonNode.class) {
            return JSON.valueToTree(values);
        }
        JsonNode filled = value("", type, 0);
        return filled == null ? JsonNodeFactory.instance.objectNode() : filled;
    }

    private JsonNode value(String name, Type type, int depth) {
        Class<?> raw = type instanceof ParameterizedType of ? (Class<?>) of.getRawType() : (Class<?>) type;
        if (depth > DEEPEST) {
            return null;
        }
        if (Collection.class.isAssignableFrom(raw)) {
            Type item = ((ParameterizedType) type).getActualTypeArguments()[0];
            JsonNode one = item instanceof Class<?> || item instanceof ParameterizedType
                    ? value(name.endsWith("s") ? name.substring(0, name.length() - 1) : name, item, depth + 1)
                    : null;
            return one == null
                    ? JsonNodeFactory.instance.arrayNode()
                    : JsonNodeFactory.instance.arrayNode().add(one);
        }
        if (raw.isRecord()) {
            return record(raw, depth);
        }
        if (raw == JsonNode.class || raw == Object.class) {
            return values.containsKey(name) ? JSON.valueToTree(values.get(name)) : null;
        }
        if (Map.class.isAssignableFrom(raw)) {
            return values.get(name) instanceof Map<?, ?> map
                    ? JSON.valueToTree(map)
                    : JsonNodeFactory.instance.objectNode();
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return JsonNodeFactory.instance.booleanNode(true);
        }
        if (raw.isPrimitive() || Number.class.isAssignableFrom(raw)) {
            return JSON.valueToTree(values.get(name) instanceof Number number ? number : Integer.valueOf(0));
        }
        if (raw.isEnum()) {
            return JSON.valueToTree(raw.getEnumConstants()[0]);
        }
        if (raw == Instant.class) {
            return JSON.valueToTree(Instant.now());
        }
        return raw == String.class ? JSON.valueToTree(values.getOrDefault(name, otherwise)) : null;
    }

    private JsonNode record(Class<?> type, int depth) {
        ObjectNode node = JSON.createObjectNode();
        PropertyNamingStrategies.KebabCaseStrategy kebab = new PropertyNamingStrategies.KebabCaseStrategy();
        for (RecordComponent component : type.getRecordComponents()) {
            JsonNode value = value(component.getName(), component.getGenericType(), depth + 1);
            if (value != null) {
                JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
                node.set(named == null ? kebab.translate(component.getName()) : named.value(), value);
            }
        }
        return node;
    }
}
