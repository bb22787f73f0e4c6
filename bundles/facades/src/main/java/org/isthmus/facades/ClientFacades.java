package org.isthmus.facades;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.rpc.HttpRoute;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Everything that clients may ask, as one set. */
@Component(service = FacadeSet.class, property = "isthmus.facades=client")
public final class ClientFacades implements FacadeSet {
    /** Fetching a charm waits for disks and other people's servers; two at a time are enough for two cores. */
    private static final int FETCHERS = 2;

    private final ExecutorService fetching;
    private final List<Object> facades;
    private final List<HttpRoute> routes;

    @Activate
    public ClientFacades() {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory threads = run -> {
            Thread thread = new Thread(run, "isthmus-charm-fetch-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                FETCHERS, FETCHERS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(1000), threads);
        pool.allowCoreThreadTimeOut(true);
        fetching = pool;
        CharmDepot depot = new CharmDepot(fetching);
        List<Object> all = new ArrayList<>(List.of(
                new ActionFacade(),
                new AllWatcherFacade(),
                new AnnotationsFacade(),
                new ApplicationFacade(depot),
                new ApplicationOffersFacade(),
                new CharmsFacade(depot),
                new ClientFacade(),
                new CloudFacade(),
                new ControllerFacade(),
                new KeyManagerFacade(),
                new MachineManagerFacade(),
                new ModelConfigFacade(),
                new ModelManagerFacade(),
                new NetworkFacades.Spaces(),
                new NetworkFacades.Subnets(),
                new ResourcesFacade(),
                new SshClientFacade(),
                new UserManagerFacade()));
        all.addAll(AbsentFacades.all());
        facades = List.copyOf(all);
        List<HttpRoute> paths = new ArrayList<>(new CharmRoutes(depot).routes());
        paths.add(new RegisterRoute());
        routes = List.copyOf(paths);
    }

    @Deactivate
    public void close() {
        fetching.shutdown();
    }

    @Override
    public List<Object> facades() {
        return facades;
    }

    @Override
    public List<HttpRoute> routes() {
        return routes;
    }
}
