package org.isthmus.crossmodel;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Kinds;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.OfferGrant;
import org.isthmus.model.OfferKey;
import org.isthmus.model.OfferUser;
import org.isthmus.model.Snapshot;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.rpc.Macaroon;

/**
 * Who may speak about what, on the offering side. A macaroon of this model lets a consumer register; from then on the secret of
 * the connection does, whose hash the model keeps.
 */
final class Authority {
    private Authority() {}

    /** Of a macaroon that this model gave for this offer. */
    record Consumer(String user, String nonce) {}

    /** Checks the signature and what it declares; denied for anything altered, foreign or for another offer. */
    static Consumer consumer(Snapshot model, String offer, List<JsonNode> macaroons) {
        OfferKey key = model.get(Kinds.OFFER_KEY, OfferKey.ID);
        Macaroon macaroon = macaroons == null || macaroons.isEmpty() ? null : Macaroon.read(macaroons.get(0));
        if (key == null
                || macaroon == null
                || !macaroon.isFrom(Base64.getDecoder().decode(key.key()))) {
            throw Problem.denied();
        }
        Map<String, String> declared = macaroon.declared();
        if (!offer.equals(declared.get("offer-uuid"))) {
            throw Problem.denied();
        }
        return new Consumer(declared.getOrDefault("username", ""), macaroon.identifier());
    }

    /** A copy in another model's hands is worth nothing. */
    static void needOwner(Snapshot model, Consumer consumer, String consumerModel) {
        OfferGrant pinned = model.get(Kinds.OFFER_GRANT, consumer.nonce());
        if (pinned != null && !pinned.consumerModel().equals(consumerModel)) {
            throw Problem.denied();
        }
    }

    /** Whether this user may consume the offer now. */
    static boolean mayConsume(Snapshot controller, Snapshot model, AccessEngine access, String offer, String user) {
        User known = controller.get(Kinds.USER, user);
        if (known == null || known.disabled()) {
            return false;
        }
        if ("superuser".equals(known.access()) || "admin".equals(access.modelAccess(model, user))) {
            return true;
        }
        OfferUser rights = model.get(Kinds.OFFER_USER, OfferUser.idOf(offer, user));
        return rights != null
                && (rights.access().equals("consume") || rights.access().equals("admin"));
    }

    /** The connection of this token, for who knows its secret; not found for everybody else. */
    static OfferConnection connection(Snapshot model, String token, String secret) {
        OfferConnection connection = model.get(Kinds.OFFER_CONNECTION, token);
        if (connection == null || !isProven(connection, secret)) {
            throw Problem.refuse(Code.NOT_FOUND, "relation \"%s\" not found", token);
        }
        return connection;
    }

    static boolean isProven(OfferConnection connection, String secret) {
        return secret != null && same(connection.secretHash(), hash(secret));
    }

    /** An owner that was replaced must not answer, and who still follows it must look for the new one. */
    static void needEpoch(Snapshot model, long heard) {
        if (model.model().epoch() < heard) {
            throw Problem.refuse(
                    Code.REDIRECT,
                    "model \"%s\" has another controller by now",
                    model.model().uuid());
        }
    }

    static String hash(String secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static boolean same(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
}
