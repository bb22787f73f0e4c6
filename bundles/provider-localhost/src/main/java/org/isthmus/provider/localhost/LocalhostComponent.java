package org.isthmus.provider.localhost;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.spi.CloudProvider;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.MDC;

/** Puts the localhost provider into the container. */
@Component(service = CloudProvider.class, property = "isthmus.cloud.type=localhost")
public final class LocalhostComponent implements CloudProvider {
    private static final int THREADS = 8;

    private final LocalhostProvider provider;
    private final ExecutorService executor;

    @Activate
    public LocalhostComponent(BundleContext context) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    // The log's context is inherited: whoever happens to need a new thread would sign all that it ever
                    // logs.
                    Runnable unsigned = () -> {
                        MDC.clear();
                        work.run();
                    };
                    Thread thread = new Thread(unsigned, "isthmus-localhost-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        this.executor = pool;
        Path base = folder(context, "isthmus.base", "karaf.base");
        this.provider = new LocalhostProvider(
                folder(context, "isthmus.home", "karaf.home"),
                base,
                Path.of("/var/tmp/isthmus-addresses"),
                Path.of("/sys/fs/cgroup"),
                executor);
    }

    private static Path folder(BundleContext context, String name, String fallback) {
        String value = context.getProperty(name);
        value = value == null ? context.getProperty(fallback) : value;
        return Path.of(value == null ? "." : value).toAbsolutePath().normalize();
    }

    @Deactivate
    void deactivate() {
        executor.shutdown();
    }

    @Override
    public String type() {
        return provider.type();
    }

    @Override
    public Map<String, List<CredentialAttribute>> credentialSchemas() {
        return provider.credentialSchemas();
    }

    @Override
    public List<Region> defaultRegions() {
        return provider.defaultRegions();
    }

    @Override
    public Cloud open(CloudSpec spec) {
        return provider.open(spec);
    }
}
