package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;

/** What a user may do with an offer: `read`, `consume` or `admin`. It lives in the offering model, so that revoking and suspending are one commit, and both migrate. */
@RecordBuilder
public record OfferUser(String offer, String user, String access) implements Entity, OfferUserBuilder.With {
    public static String idOf(String offer, String user) {
        return offer + "#" + user;
    }

    @Override
    public String id() {
        return idOf(offer, user);
    }
}
