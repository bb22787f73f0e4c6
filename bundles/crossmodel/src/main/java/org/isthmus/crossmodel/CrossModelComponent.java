package org.isthmus.crossmodel;

import org.isthmus.rpc.Reconciler;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Publishes the two reconcilers, which share their links. */
@Component(
        service = {},
        immediate = true)
public final class CrossModelComponent {
    private final Links links = new Links(new SocketDial(), Patience.USUAL);
    private final ExternalControllers externals = new ExternalControllers(links);
    private final CrossModelReconciler consumer = new CrossModelReconciler(links, externals);
    private final java.util.List<org.osgi.framework.ServiceRegistration<Reconciler>> registrations;

    @Activate
    public CrossModelComponent(BundleContext context) {
        registrations = java.util.List.of(
                context.registerService(Reconciler.class, consumer, null),
                context.registerService(Reconciler.class, new OutboxReconciler(links, externals), null));
    }

    @Deactivate
    void deactivate() {
        registrations.forEach(org.osgi.framework.ServiceRegistration::unregister);
        consumer.close();
        links.close();
    }
}
