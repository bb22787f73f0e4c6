package org.isthmus.model;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import com.fasterxml.jackson.databind.util.LookupCache;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Entities as bytes: JSON without class names, upgraded on read when an older schema wrote them. */
public final class Codec {
    // A type cache of its own: the shared one of Jackson keeps the class loaders of replaced bundles alive.
    private static final LookupCache<Object, JavaType> TYPES = new LRUMap<>(64, 512);

    private static final ObjectMapper JSON = JsonMapper.builder()
            .typeFactory(TypeFactory.defaultInstance().withCache(TYPES))
            .addModule(new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            // Records are their fields: methods such as id() or isPeer() are derived and not stored.
            .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, JsonAutoDetect.Visibility.ANY)
            .build();

    private Codec() {}

    public static byte[] encode(Entity entity) {
        return bytes(entity);
    }

    public static byte[] encodeSummary(Summary summary) {
        return bytes(summary);
    }

    private static byte[] bytes(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (IOException cannotHappen) {
            throw new UncheckedIOException(cannotHappen);
        }
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @param schema under which it was written
     * @throws IOException when the bytes are damaged, or from a newer schema than this build knows
     */
    public static <E extends Entity> E decode(Kind<E> kind, int schema, byte[] bytes) throws IOException {
        if (schema == kind.schema()) {
            return JSON.readValue(bytes, kind.type());
        }
        JsonNode tree = JSON.readTree(bytes);
        return JSON.treeToValue(Upgrades.upgrade(kind, schema, (ObjectNode) tree), kind.type());
    }

    public static Summary decodeSummary(byte[] bytes) throws IOException {
        return JSON.readValue(bytes, Summary.class);
    }
}
