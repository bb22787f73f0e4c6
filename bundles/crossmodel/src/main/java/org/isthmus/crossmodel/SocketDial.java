package org.isthmus.crossmodel;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.client.ApiConnection;
import org.isthmus.client.Dialer;
import org.isthmus.client.Endpoint;
import org.isthmus.client.Login;
import org.isthmus.model.ExternalController;
import org.isthmus.model.Kinds;
import org.isthmus.rpc.ControllerContext;
import org.slf4j.MDC;

/** Reaches controllers through their API, without a login: authority is in what is said. */
final class SocketDial implements Dial {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration PING = Duration.ofSeconds(10);

    private final Dialer dialer = new Dialer("isthmus-crossmodel-dial");

    @Override
    public CompletionStage<Peer> dial(ControllerContext from, String target) {
        Endpoint at;
        if (target == null) {
            at = Endpoint.controller(from.apiAddresses(), from.caCert());
        } else {
            // Asked anew each time: addresses change.
            ExternalController known = from.store().controller().snapshot().get(Kinds.EXTERNAL_CONTROLLER, target);
            if (known == null) {
                return CompletableFuture.failedFuture(
                        Problem.refuse(Code.NOT_FOUND, "controller %s is not known here any more", target));
            }
            at = Endpoint.controller(known.addresses(), known.caCert());
        }
        return dialer.connect(at, Login.anonymous(), CONNECT_LIMIT).thenApply(up -> {
            try {
                needSame(target == null ? from.uuid() : target, up.loginResult().controllerUuid());
            } catch (Refused other) {
                up.close();
                throw other;
            }
            up.keepAlive(PING);
            return new SocketPeer(up);
        });
    }

    /** One authority may have signed for several controllers, and an address may be another's by now. */
    static void needSame(String wanted, String answering) {
        if (!wanted.equals(answering)) {
            throw Problem.refuse(
                    Code.NOT_FOUND, "controller %s answers where controller %s is looked for", answering, wanted);
        }
    }

    @Override
    public void close() {
        dialer.close();
    }

    private record SocketPeer(ApiConnection connection) implements Peer {
        @Override
        public CompletionStage<JsonNode> call(String facade, String id, String method, Object params) {
            return id.isEmpty()
                    ? connection.call(facade, method, params, MDC.get("trace"))
                    : connection.call(facade, 1, id, method, params);
        }

        @Override
        public boolean isOpen() {
            return connection.isOpen();
        }

        @Override
        public CompletionStage<Throwable> closed() {
            return connection.closed();
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
