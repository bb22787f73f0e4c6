package org.isthmus.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.isthmus.rpc.Commands;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.spi.Plug;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Puts `juju` into the Karaf shell and starts the relay. Both stay while the commands, or the controllers' room, are replaced. */
@Component(
        service = {},
        immediate = true)
public final class ShellComponent {
    private final Registry registry;
    private final ScheduledThreadPoolExecutor timer;
    private final Plug<Commands> plug;
    private final CurrentCommands commands;
    private final Map<String, String> environment = System.getenv();
    /** `juju:deploy` and its like, by name. */
    private final Map<String, JujuFunction> functions = new HashMap<>();
    /** `juju` itself, and `export`. */
    private final List<Command> unscoped = new ArrayList<>();

    private final RelayOpening relay;

    @Activate
    public ShellComponent(BundleContext context, @Reference SessionFactory sessions) {
        this.registry = sessions.getRegistry();
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "juju-shell");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        this.plug = new Plug<>("juju commands", timer);
        this.commands = new CurrentCommands(plug);
        this.relay = new RelayOpening(commands::run, base(context));
    }

    private static Path base(BundleContext context) {
        String own = context.getProperty("isthmus.base");
        String folder = own == null ? context.getProperty("karaf.base") : own;
        return Path.of(folder == null ? "." : folder).toAbsolutePath().normalize();
    }

    /** The relay's file tells the operator's host that this container is ready: not before its controllers answer. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void bindHost(ControllerHost there) {
        there.settled().thenRun(relay::begin);
    }

    /** Whoever calls it waits for the next one; nothing of it is held here. */
    public void unbindHost(ControllerHost leaving) {}

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void bindCommands(Commands there) {
        plug.bind(there);
        offer(there);
    }

    /** The shell keeps the names: a line that is typed meanwhile waits for the next commands. */
    public void unbindCommands(Commands leaving) {
        plug.unbind(leaving);
    }

    private synchronized void offer(Commands there) {
        List<String> names = there.names();
        for (String name : names) {
            functions.computeIfAbsent(name, any -> registered(new JujuFunction(commands, name, environment)));
        }
        functions.entrySet().removeIf(each -> {
            boolean gone = !names.contains(each.getKey());
            if (gone) {
                registry.unregister(each.getValue());
            }
            return gone;
        });
        if (unscoped.isEmpty()) {
            // With the first command of a scope the shell adds a sub-shell `*:juju`, and the first of a name wins: it
            // has
            // to go.
            Command subShell = registry.getCommand(Session.SCOPE_GLOBAL, "juju");
            if (subShell != null) {
                registry.unregister(subShell);
            }
            unscoped.add(registered(new JujuFunction(commands, null, environment)));
            unscoped.add(registered(new ExportFunction()));
        }
    }

    private <C extends Command> C registered(C function) {
        registry.register(function);
        return function;
    }

    @Deactivate
    public void deactivate() {
        relay.end();
        synchronized (this) {
            unscoped.forEach(registry::unregister);
            functions.values().forEach(registry::unregister);
        }
        timer.shutdown();
    }
}
