package org.isthmus.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.isthmus.cli.Doors;
import org.isthmus.cli.Main;
import org.isthmus.rpc.ControllerHost;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Puts `juju` into the Karaf shell and starts the relay. */
@Component(
        service = {},
        immediate = true)
public final class ShellComponent {
    private final SessionFactory sessions;
    private final Main main;
    private final RelayOpening relay;
    private final List<Command> commands = new ArrayList<>();

    @Activate
    public ShellComponent(BundleContext context, @Reference SessionFactory sessions, @Reference ControllerHost host) {
        this.sessions = sessions;
        this.main = new Main(new Doors(host, folder(context, "home"), folder(context, "base")));
        Map<String, String> environment = System.getenv();
        main.commands().forEach(name -> commands.add(new JujuFunction(main, name, environment)));
        commands.forEach(sessions.getRegistry()::register);
        // With the first command of a scope the shell adds a sub-shell `*:juju`, and the first of a name wins: it has
        // to go.
        Command subShell = sessions.getRegistry().getCommand(Session.SCOPE_GLOBAL, "juju");
        if (subShell != null) {
            sessions.getRegistry().unregister(subShell);
        }
        for (Command own : List.of(new JujuFunction(main, null, environment), new ExportFunction())) {
            commands.add(own);
            sessions.getRegistry().register(own);
        }
        // Its file tells the host that this container is ready: not before its controllers answer.
        this.relay = new RelayOpening(main::run, folder(context, "base"));
        host.settled().thenRun(relay::begin);
    }

    /** `isthmus.home` and `isthmus.base` where they are set, else Karaf's. */
    private static Path folder(BundleContext context, String which) {
        String own = context.getProperty("isthmus." + which);
        String folder = own == null ? context.getProperty("karaf." + which) : own;
        return Path.of(folder == null ? "." : folder).toAbsolutePath().normalize();
    }

    private void withdraw() {
        Collections.reverse(commands);
        commands.forEach(sessions.getRegistry()::unregister);
        main.close();
    }

    @Deactivate
    public void deactivate() {
        relay.end();
        withdraw();
    }
}
