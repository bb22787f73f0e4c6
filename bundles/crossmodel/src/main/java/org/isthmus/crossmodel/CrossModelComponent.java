package org.isthmus.crossmodel;

import java.util.List;
import org.isthmus.rpc.Metrics;
import org.isthmus.rpc.Reconciler;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Publishes the reconcilers, of which two share their links, and their figures. */
@Component(
        service = {},
        immediate = true)
public final class CrossModelComponent {
    private final Links links = new Links(new SocketDial(), Patience.USUAL);
    private final ExternalControllers externals = new ExternalControllers(links);
    private final CrossModelReconciler consumer = new CrossModelReconciler(links, externals);
    private final CrossModelMetrics metrics = new CrossModelMetrics();
    private final List<ServiceRegistration<?>> registrations;

    @Activate
    public CrossModelComponent(BundleContext context) {
        registrations = List.of(
                context.registerService(Reconciler.class, consumer, null),
                context.registerService(Reconciler.class, new OutboxReconciler(links, externals, metrics), null),
                context.registerService(Reconciler.class, new RightsReconciler(), null),
                context.registerService(Metrics.class, metrics, null));
    }

    @Deactivate
    void deactivate() {
        registrations.forEach(ServiceRegistration::unregister);
        consumer.close();
        links.close();
    }
}
