package org.isthmus.apiserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.User;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Watch;
import org.isthmus.rpc.Caller;

/** Ends a user's connection as soon as the user may no longer log in to what it is connected to: disabled, removed, revoked. */
final class Standing {
    private final Server server;
    private final Connection connection;
    private final Caller caller;
    private final Documents model;
    private final List<Watch> watches = new ArrayList<>();
    private boolean ended;

    /** @param model null for a connection to the controller */
    Standing(Server server, Connection connection, Caller caller, Documents model) {
        this.server = server;
        this.connection = connection;
        this.caller = caller;
        this.model = model;
    }

    void begin() {
        watch(server.context().store().controller(), Interest.in(Kinds.USER, caller.user()));
        if (model != null) {
            watch(model, Interest.in(Kinds.MODEL_USER, caller.user()));
        }
        // What changed between the login's look and the first watch.
        look();
    }

    private void watch(Documents documents, Interest interest) {
        Watch watch = documents.watch(Set.of(interest));
        synchronized (this) {
            if (ended) {
                watch.close();
                return;
            }
            watches.add(watch);
        }
        wait(watch);
    }

    private void wait(Watch watch) {
        watch.changed()
                .whenCompleteAsync(
                        (changed, failure) -> {
                            if (failure == null && look()) {
                                wait(watch);
                            }
                        },
                        server.threads().decide());
    }

    /** False when it is over. */
    private boolean look() {
        synchronized (this) {
            if (ended) {
                return false;
            }
        }
        Snapshot controller = server.context().store().controller().snapshot();
        User user = Rights.user(controller, caller.user());
        boolean superuser = user != null && "superuser".equals(user.access());
        boolean stands = user != null
                && Rights.mayEnter(user, model != null, server.settings())
                && (superuser || model == null || model.snapshot().has(Kinds.MODEL_USER, caller.user()));
        if (!stands) {
            connection.socket().close(1008, "access was taken back");
        }
        return stands;
    }

    void end() {
        List<Watch> open;
        synchronized (this) {
            ended = true;
            open = List.copyOf(watches);
            watches.clear();
        }
        open.forEach(Watch::close);
    }
}
