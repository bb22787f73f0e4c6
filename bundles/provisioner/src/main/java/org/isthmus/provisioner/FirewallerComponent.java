package org.isthmus.provisioner;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.isthmus.model.Cause;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.osgi.service.component.annotations.Component;

/** Puts the firewaller into the container. */
@Component(service = Reconciler.class)
public final class FirewallerComponent implements Reconciler {
    private final Firewaller firewaller = new Firewaller();

    @Override
    public String name() {
        return firewaller.name();
    }

    @Override
    public Set<Interest> interests() {
        return firewaller.interests();
    }

    @Override
    public CompletionStage<Duration> reconcile(ControllerContext controller, Documents model, Cause cause) {
        return firewaller.reconcile(controller, model, cause);
    }
}
