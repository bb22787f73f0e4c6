package org.isthmus.crossmodel;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.ExternalController;
import org.isthmus.model.Kinds;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.RemoteRelation;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.ControllerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets controllers that no SAAS, no relation and no message refers to. It looks twice, with some time between: a SAAS is
 * written after the controller it comes from.
 */
final class ExternalControllers {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalControllers.class);

    private final Links links;
    /** Since when nothing refers to it, by the uuids of both. */
    private final Map<String, Instant> loose = new HashMap<>();

    private final Set<String> due = new HashSet<>();

    ExternalControllers(Links links) {
        this.links = links;
    }

    /** Looks soon; for whoever saw something go that may have been the last. */
    void look(ControllerContext controller) {
        synchronized (this) {
            if (controller.store().controller().snapshot().count(Kinds.EXTERNAL_CONTROLLER) == 0
                    || !due.add(controller.uuid())) {
                return;
            }
        }
        links.threads().later(links.patience().late().toMillis() / 4 + 1, () -> {
            synchronized (this) {
                due.remove(controller.uuid());
            }
            try {
                sweep(controller);
            } catch (RuntimeException modelIsLeaving) {
                LOG.debug("Cannot look for controllers that are not needed: {}", modelIsLeaving.toString());
                Problem problem = Refused.of(modelIsLeaving);
                if (problem == null || problem.code() != Code.STOPPED) {
                    look(controller);
                }
            }
        });
    }

    private void sweep(ControllerContext controller) {
        Documents own = controller.store().controller();
        Set<String> referred = referred(controller);
        Set<String> kept = new HashSet<>(referred);
        Instant old = Instant.now().minus(links.patience().late());
        boolean again = false;
        synchronized (this) {
            for (ExternalController external : own.snapshot().all(Kinds.EXTERNAL_CONTROLLER)) {
                String key = controller.uuid() + ">" + external.uuid();
                boolean used = referred.contains(external.uuid())
                        || own.snapshot().count(Kinds.OUTGOING_BY_CONTROLLER, external.uuid()) > 0;
                if (used) {
                    loose.remove(key);
                } else if (loose.computeIfAbsent(key, k -> Instant.now()).isAfter(old)) {
                    kept.add(external.uuid());
                    again = true;
                } else {
                    loose.remove(key);
                }
            }
        }
        if (again) {
            look(controller);
        }
        retain(controller, own, kept);
    }

    private static CompletionStage<Void> retain(ControllerContext controller, Documents own, Set<String> kept) {
        for (ExternalController external : own.snapshot().all(Kinds.EXTERNAL_CONTROLLER)) {
            if (!kept.contains(external.uuid())) {
                return controller
                        .offers()
                        .call(offers -> own.submit(tx -> {
                            offers.retainExternalControllers(tx, kept);
                            return null;
                        }));
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    private static Set<String> referred(ControllerContext controller) {
        Set<String> referred = new HashSet<>();
        for (String uuid : controller.store().models()) {
            controller.store().model(uuid).ifPresent(model -> {
                for (RemoteApplication remote : model.snapshot().all(Kinds.REMOTE_APPLICATION)) {
                    // Consumers dial us: their controllers need not be known.
                    if (!remote.proxy() && remote.sourceController() != null) {
                        referred.add(remote.sourceController());
                    }
                }
                for (RemoteRelation record : model.snapshot().all(Kinds.REMOTE_RELATION)) {
                    Target target = Target.of(record);
                    if (target != null && target.controller() != null) {
                        referred.add(target.controller());
                    }
                }
            });
        }
        return referred;
    }
}
