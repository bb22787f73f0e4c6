package org.isthmus.apiserver;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Locale;

/**
 * What a message will cost once it is read into objects, and which request it is; found without making any of them: three bytes of
 * text may become hundreds.
 *
 * @param old whether its number was given under the first protocol's name
 */
record Weight(long bytes, long number, boolean old) {
    /** Of an object or array: itself, what a facade makes of it, and a word in the answer. */
    private static final long THING = 400;
    /** Of a name, or of a value in a thing. */
    private static final long WORD = 100;

    static Weight of(ObjectMapper json, byte[] text) throws IOException {
        // As text in objects, where a character may take two bytes.
        long bytes = 2L * text.length;
        long number = 0;
        boolean old = false;
        int depth = 0;
        try (JsonParser parser = json.getFactory().createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                    bytes += THING;
                } else if (token.isStructEnd()) {
                    depth--;
                } else {
                    bytes += WORD;
                    if (depth == 1 && token == JsonToken.VALUE_NUMBER_INT) {
                        String name = parser.currentName();
                        String plain = name == null ? "" : name.toLowerCase(Locale.ROOT);
                        if (plain.equals("request-id") || plain.equals("requestid")) {
                            number = parser.getValueAsLong();
                            old = plain.equals("requestid");
                        }
                    }
                }
            }
        }
        return new Weight(bytes, number, old);
    }

    /** Enough of the request to refuse it. */
    Request request() {
        return new Request(number, "", 0, "", "", null, "", "", old);
    }
}
