package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.List;

/** Offering side: a relation that another model registered, under its token. It pins offer, user and consumer for good; {@code secretHash} proves later messages to be from who registered. {@code applicationToken} stands for the consumer's application, whose proxy is `remote-<token without dashes>`. {@code ingress} holds the networks the consumer dials from. {@code sequence} is the newest message taken in. */
@RecordBuilder
public record OfferConnection(
        String token,
        String offer,
        String user,
        String consumerController,
        String consumerModel,
        String applicationToken,
        int relation,
        String secretHash,
        List<String> ingress,
        long sequence,
        Instant created)
        implements Entity, OfferConnectionBuilder.With {
    public OfferConnection {
        ingress = ingress == null ? List.of() : List.copyOf(ingress);
    }

    @Override
    public String id() {
        return token;
    }

    /** Who consumes what, from where. */
    public String consumer() {
        return consumer(offer, user, consumerModel);
    }

    static String consumer(String offer, String user, String consumerModel) {
        return offer + "#" + consumerModel + "#" + user;
    }
}
