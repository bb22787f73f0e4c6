package org.isthmus.shell;

import java.io.IOException;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.command.CommandFactory;
import org.apache.sshd.server.shell.ShellFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Makes everything that the container's ssh server runs a {@link WholeAnswer}, and lines without a terminal a {@link Script}. Karaf
 * makes that server and offers it as a service.
 */
@Component(
        service = {},
        immediate = true)
public final class SshAnswers {
    private final SshServer server;
    private final CommandFactory lines;
    private final ShellFactory shells;
    private final CommandFactory wholeLines;
    private final ShellFactory wholeShells;
    private final Scripts scripts = new Scripts();
    private final Registry registry;

    @Activate
    public SshAnswers(@Reference SshServer server, @Reference SessionFactory sessions) {
        this.server = server;
        this.registry = sessions.getRegistry();
        this.lines = server.getCommandFactory();
        this.shells = server.getShellFactory();
        this.wholeLines = this::answer;
        this.wholeShells = channel -> new WholeAnswer(channel, shells.createShell(channel));
        registry.register(scripts);
        server.setCommandFactory(wholeLines);
        server.setShellFactory(wholeShells);
    }

    private Command answer(ChannelSession channel, String text) throws IOException {
        Script script = new Script(text);
        return new WholeAnswer(channel, lines.createCommand(channel, scripts.line(script))) {
            @Override
            int status(int said) {
                scripts.forget(script);
                return said == 0 ? script.code() : said;
            }
        };
    }

    @Deactivate
    public void deactivate() {
        if (server.getCommandFactory() == wholeLines) {
            server.setCommandFactory(lines);
        }
        if (server.getShellFactory() == wholeShells) {
            server.setShellFactory(shells);
        }
        registry.unregister(scripts);
    }
}
