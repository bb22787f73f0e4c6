package org.isthmus.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.isthmus.rpc.Commands;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.rpc.Invocation;
import org.isthmus.spi.Plug;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Gives the shells of this container the commands of this bundle, until it is replaced. They stay while the controllers' room is. */
@Component(service = Commands.class)
public final class CommandsComponent implements Commands {
    private final ScheduledThreadPoolExecutor timer;
    private final Plug<ControllerHost> host;
    private final Main main;

    @Activate
    public CommandsComponent(BundleContext container) {
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "juju-host");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        this.host = new Plug<>("controllers of this container", timer);
        this.main = new Main(Doors.of(container, new CurrentHost(host)));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void bindHost(ControllerHost there) {
        host.bind(there);
    }

    public void unbindHost(ControllerHost leaving) {
        host.unbind(leaving);
    }

    @Override
    public int run(Invocation invocation) {
        return main.run(invocation);
    }

    @Override
    public List<String> names() {
        return main.names();
    }

    @Override
    public List<String> complete(List<String> words, Map<String, String> env) {
        return main.complete(words, env);
    }

    @Deactivate
    public void deactivate() {
        main.close();
        timer.shutdown();
    }
}
