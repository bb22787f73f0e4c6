package org.isthmus.charm;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * A YAML file as maps, lists and {@link Scalar}s. Scalars keep their text: a channel `20.10` must not become 20.1. What unfolds
 * beyond all measure, repeats a key or asks for a class is refused.
 */
public final class YamlFile {
    /** Nodes after aliases are followed: nine lists of nine aliases each, nine deep, are a billion. */
    private static final int NODES = 100_000;

    private static final int DEPTH = 60;

    private static final Set<Tag> PLAIN = Set.of(Tag.BOOL, Tag.INT, Tag.FLOAT, Tag.STR, Tag.TIMESTAMP, Tag.MERGE);

    private final String file;
    private int nodes;

    private YamlFile(String file) {
        this.file = file;
    }

    /** The map that a charm's file is; null for an empty file. */
    static Map<String, Object> read(String file, byte[] bytes) {
        return read(file, bytes, ArchiveLimits.PARSED_FILE);
    }

    /**
     * A file's map of maps, lists and {@link Scalar}s; null for an empty file.
     *
     * @param file how refusals call it
     * @param limit characters
     */
    public static Map<String, Object> read(String file, byte[] bytes, int limit) {
        YamlFile reader = new YamlFile(file);
        Node root = reader.compose(bytes, limit);
        if (root == null) {
            return null;
        }
        Object value = reader.convert(root, 0);
        if (value instanceof Scalar scalar && scalar.value() == null) {
            return null;
        }
        if (!(value instanceof Map)) {
            throw reader.bad("expected map");
        }
        return map(value);
    }

    private Node compose(byte[] bytes, int limit) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw bad("not UTF-8");
        }
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(500);
        options.setNestingDepthLimit(DEPTH);
        options.setCodePointLimit(limit + 1);
        options.setAllowRecursiveKeys(false);
        try {
            return new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
        } catch (YAMLException malformed) {
            String reason = malformed.getMessage().strip();
            int line = reason.indexOf('\n');
            int at = reason.lastIndexOf(" line ");
            throw bad((line > 0 ? reason.substring(0, line) : reason)
                    + (line > 0 && at > line
                            ? ", line " + reason.substring(at + 6).replaceAll("(?s)[^0-9].*", "")
                            : ""));
        }
    }

    private Refused bad(String reason) {
        return Problem.notValid("%s", file + ": yaml: " + reason);
    }

    private Object convert(Node node, int depth) {
        if (++nodes > NODES || depth > DEPTH) {
            throw bad("unfolds to too many values");
        }
        if (node instanceof ScalarNode scalar) {
            return scalar(scalar);
        }
        if (node instanceof SequenceNode sequence) {
            List<Object> list = new ArrayList<>();
            for (Node each : sequence.getValue()) {
                list.add(convert(each, depth + 1));
            }
            return list;
        }
        Map<String, Object> own = new LinkedHashMap<>();
        Map<String, Object> merged = new LinkedHashMap<>();
        for (NodeTuple tuple : ((MappingNode) node).getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw bad("key is not a string");
            }
            Object value = convert(tuple.getValueNode(), depth + 1);
            if (key.getTag().equals(Tag.MERGE)) {
                List<?> from = value instanceof List<?> list ? list : List.of(value);
                for (Object each : from) {
                    if (!(each instanceof Map)) {
                        throw bad("map merge requires map or sequence of maps as the value");
                    }
                    map(each).forEach(merged::putIfAbsent);
                }
            } else if (own.put(key.getValue(), value) != null) {
                throw bad("key \"" + key.getValue() + "\" already set in map");
            }
        }
        merged.forEach(own::putIfAbsent);
        return own;
    }

    private Scalar scalar(ScalarNode node) {
        String text = node.getValue();
        Tag tag = node.getTag();
        if (tag.equals(Tag.NULL)) {
            return new Scalar(text, null);
        }
        if (PLAIN.contains(tag)) {
            return new Scalar(text, value(tag, text));
        }
        throw bad("unsupported tag " + tag.getValue());
    }

    static Object meaning(String text) {
        Tag tag = new Resolver().resolve(NodeId.scalar, text, true);
        return tag.equals(Tag.NULL) ? null : value(tag, text);
    }

    private static Object value(Tag tag, String text) {
        if (tag.equals(Tag.BOOL)) {
            return List.of("true", "yes", "on").contains(text.toLowerCase(java.util.Locale.ROOT));
        }
        return tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? number(text) : text;
    }

    /** Numbers as Go reads them; YAML's `1:30` is no number there. */
    private static Object number(String text) {
        String digits = text.replace("_", "");
        try {
            boolean minus = digits.startsWith("-");
            String bare = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
            String sign = minus ? "-" : "";
            if (bare.startsWith("0x")) {
                return Long.valueOf(sign + bare.substring(2), 16);
            }
            if (bare.startsWith("0b")) {
                return Long.valueOf(sign + bare.substring(2), 2);
            }
            if (bare.matches("0[0-7]+")) {
                return Long.valueOf(sign + bare, 8);
            }
            if (bare.matches("[0-9]+")) {
                return Long.valueOf(sign + bare);
            }
            if (bare.equalsIgnoreCase(".inf")) {
                return minus ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            }
            if (bare.equalsIgnoreCase(".nan")) {
                return Double.NaN;
            }
            if (bare.matches("(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")) {
                return Double.valueOf(digits);
            }
        } catch (NumberFormatException tooLarge) {
            return text;
        }
        return text;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    /** Plain maps, lists, strings, numbers and booleans, as JSON has them; nulls in maps are left out. */
    static Object plain(Object value) {
        if (value instanceof Scalar scalar) {
            return scalar.value();
        }
        if (value instanceof List<?> list) {
            List<Object> out = new ArrayList<>();
            list.forEach(each -> out.add(plain(each)));
            return out;
        }
        Map<String, Object> out = new LinkedHashMap<>();
        map(value).forEach((key, each) -> {
            Object plain = plain(each);
            if (plain != null) {
                out.put(key, plain);
            }
        });
        return out;
    }
}
