package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A macaroon that a consumer used: its first use pins it to a model, so that a copy is worth nothing elsewhere.
 *
 * @param nonce identifier of the macaroon
 */
@RecordBuilder
public record OfferGrant(String nonce, String offer, String user, String consumerController, String consumerModel)
        implements Entity, OfferGrantBuilder.With {
    @Override
    public String id() {
        return nonce;
    }

    /** Whose it is: the same words as {@link OfferConnection#consumer}. */
    public String consumer() {
        return OfferConnection.consumer(offer, user, consumerModel);
    }
}
