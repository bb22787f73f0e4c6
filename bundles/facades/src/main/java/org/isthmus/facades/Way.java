package org.isthmus.facades;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.ExternalController;
import org.isthmus.model.Kinds;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.rpc.Call;
import org.isthmus.wire.OfferCalls;

/**
 * The way to another controller, as one who consumes an offer of it says. All models of this controller share it: who writes
 * to one of them must not turn it elsewhere for the others.
 *
 * @param said null where the offer is of this controller
 */
record Way(OfferCalls.ExternalController said, String uuid) {
    /** More are of no use, and each one costs whoever dials in vain a while. */
    private static final int MOST_ADDRESSES = 16;

    /**
     * Before the SAAS: a controller that is not known yet is written down, for the SAAS needs it. If the SAAS is refused then,
     * nothing refers to it, and it is forgotten again. Of a known one nothing changes here.
     */
    CompletionStage<Void> found(Call call, OfferEngine offers) {
        if (said == null) {
            return CompletableFuture.completedFuture(null);
        }
        ExternalController known =
                call.controller().store().controller().snapshot().get(Kinds.EXTERNAL_CONTROLLER, uuid);
        if (known != null) {
            after(known, call);
            return CompletableFuture.completedFuture(null);
        }
        return write(call, offers);
    }

    /** After the SAAS: what its consumer says of a known controller counts from now on, as far as it may. */
    CompletionStage<Void> taken(Call call, OfferEngine offers) {
        return said == null ? CompletableFuture.completedFuture(null) : write(call, offers);
    }

    private CompletionStage<Void> write(Call call, OfferEngine offers) {
        return call.controller().store().controller().submit(tx -> {
            ExternalController known = tx.get(Kinds.EXTERNAL_CONTROLLER, uuid);
            ExternalController after = after(known, call);
            if (!after.equals(known)) {
                offers.putExternalController(tx, after);
            }
            return null;
        });
    }

    /**
     * A superuser's word replaces what is known. Others add addresses at the end, where they take nothing away: who answers
     * there must show a certificate of the authority that is known, and that stays.
     */
    private ExternalController after(ExternalController known, Call call) {
        List<String> addresses = said.addrs().stream().distinct().toList();
        if (known == null || call.isSuperuser()) {
            return new ExternalController(uuid, said.controllerAlias(), few(addresses), said.caCert());
        }
        if (!pem(known.caCert()).equals(pem(said.caCert()))) {
            throw Problem.refuse(
                    Code.FORBIDDEN,
                    "controller \"%s\" is known here with another CA certificate, which only a controller superuser may"
                            + " replace",
                    uuid);
        }
        Set<String> all = new LinkedHashSet<>(known.addresses());
        all.addAll(addresses);
        return known.withAddresses(few(new ArrayList<>(all)));
    }

    private static List<String> few(List<String> addresses) {
        return addresses.subList(0, Math.min(addresses.size(), MOST_ADDRESSES));
    }

    private static String pem(String certificate) {
        return certificate == null ? "" : certificate.replaceAll("\\s+", "");
    }
}
