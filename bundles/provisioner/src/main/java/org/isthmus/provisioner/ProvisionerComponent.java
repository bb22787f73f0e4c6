package org.isthmus.provisioner;

import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.isthmus.model.Cause;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Puts the provisioner into the container. */
@Component(service = Reconciler.class)
public final class ProvisionerComponent implements Reconciler {
    private final Provisioner provisioner = new Provisioner(ProvisionerSettings.USUAL, Clock.systemUTC());

    @Deactivate
    void deactivate() {
        provisioner.close(Duration.ofSeconds(8));
    }

    @Override
    public String name() {
        return provisioner.name();
    }

    @Override
    public Set<Interest> interests() {
        return provisioner.interests();
    }

    @Override
    public CompletionStage<Duration> reconcile(ControllerContext controller, Documents model, Cause cause) {
        return provisioner.reconcile(controller, model, cause);
    }
}
