package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.isthmus.api.Problem;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Caller;

/** A socket of log lines, one way or the other. */
abstract class LogStream implements Frontend.Stream {
    private final Server server;
    private final Socket socket;
    private volatile Caller caller;
    private volatile Documents model;

    LogStream(Server server, Socket socket) {
        this.server = server;
        this.socket = socket;
    }

    abstract Access access();

    /** Who asked may; on a pool thread. */
    void start(Caller who, Documents of) {
        caller = who;
        model = of;
        ObjectNode agreed = server.json().createObjectNode();
        agreed.putNull("error");
        send(agreed);
    }

    void refuse(Problem problem) {
        ObjectNode no = server.json().createObjectNode();
        no.putObject("error")
                .put("message", problem.message())
                .put("code", problem.code().wire());
        send(no);
        socket.close(1008, "refused");
    }

    /** Ends it when the rights it was opened with are gone. */
    void check() {
        Caller who = caller;
        Documents of = model;
        if (who == null) {
            return;
        }
        server.context()
                .access()
                .call(engine -> {
                    boolean may = server.context().store().model(of.id()).isPresent()
                            && new Rights(engine)
                                    .allows(
                                            access(),
                                            server.context()
                                                    .store()
                                                    .controller()
                                                    .snapshot(),
                                            of.snapshot(),
                                            who);
                    return java.util.concurrent.CompletableFuture.completedFuture(may);
                })
                .thenAccept(may -> {
                    if (!may) {
                        socket.close(1008, "permission denied");
                    }
                });
    }

    final void send(ObjectNode message) {
        socket.text(bytes(message));
    }

    static byte[] bytes(ObjectNode message) {
        return message.toString().getBytes(StandardCharsets.UTF_8);
    }

    final Server server() {
        return server;
    }

    final Socket socket() {
        return socket;
    }

    final Caller caller() {
        return caller;
    }

    final Documents model() {
        return model;
    }

    @Override
    public void closed() {
        server.ended(this);
    }
}
