package org.isthmus.cli.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import com.fasterxml.jackson.databind.util.LookupCache;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Values (maps, lists, scalars, JsonNodes) as YAML and JSON, and back. */
public final class Document {
    private static final Pattern EMPTY_KEY = Pattern.compile("(?m)^( *)\\? \"\"\n *: ");

    private final ObjectMapper yaml = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                    .build())
            .typeFactory(TypeFactory.defaultInstance().withCache(types()))
            .build();
    private final ObjectMapper json = JsonMapper.builder()
            .typeFactory(TypeFactory.defaultInstance().withCache(types()))
            .build();

    private static LookupCache<Object, JavaType> types() {
        return new LRUMap<>(16, 256);
    }

    public String yaml(Object value) {
        try {
            // The library writes an empty key as a complex one; nobody else does.
            return EMPTY_KEY.matcher(yaml.writeValueAsString(value)).replaceAll("$1\"\": ");
        } catch (JsonProcessingException bug) {
            throw new IllegalStateException(bug);
        }
    }

    /** On one line. */
    public String json(Object value) {
        try {
            return json.writeValueAsString(value) + "\n";
        } catch (JsonProcessingException bug) {
            throw new IllegalStateException(bug);
        }
    }

    /** Maps, lists and scalars; null for an empty text. */
    public Object readYaml(String text) throws IOException {
        return text.isBlank() ? null : yaml.readValue(text, Object.class);
    }

    /** Each document of the text, as {@link #readYaml}; a key that stands twice in a mapping is refused. */
    public List<Object> readAllYaml(String text) throws IOException {
        if (text.isBlank()) {
            return List.of();
        }
        try (MappingIterator<Object> documents = yaml.readerFor(Object.class)
                .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .readValues(text)) {
            List<Object> all = new ArrayList<>();
            while (documents.hasNextValue()) {
                all.add(documents.nextValue());
            }
            return all;
        }
    }

    public ObjectMapper mapper() {
        return json;
    }
}
