package org.isthmus.cli;

import java.util.List;
import java.util.Map;
import org.isthmus.rpc.Commands;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.rpc.Invocation;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Gives the shells of this container the commands of this bundle, until it is replaced. */
@Component(service = Commands.class)
public final class CommandsComponent implements Commands {
    private final Main main;

    @Activate
    public CommandsComponent(BundleContext container, @Reference ControllerHost host) {
        this.main = new Main(Doors.of(container, host));
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
    }
}
