package org.isthmus.model;

/**
 * The key with which a model signs what it gives to consumers of its offers; one a model, made with the first. It migrates with
 * the model, so that what was given before is good after.
 *
 * @param key 32 random bytes, base64
 */
public record OfferKey(String key) implements Entity {
    public static final String ID = "offers";

    @Override
    public String id() {
        return ID;
    }
}
