package org.isthmus.shell;

import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.CommandFactory;
import org.apache.sshd.server.shell.ShellFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Makes everything that the container's ssh server runs a {@link WholeAnswer}. Karaf makes that server and offers it as a service. */
@Component(
        service = {},
        immediate = true)
public final class SshAnswers {
    private final SshServer server;
    private final CommandFactory lines;
    private final ShellFactory shells;
    private final CommandFactory wholeLines;
    private final ShellFactory wholeShells;

    @Activate
    public SshAnswers(@Reference SshServer server) {
        this.server = server;
        this.lines = server.getCommandFactory();
        this.shells = server.getShellFactory();
        this.wholeLines = (channel, line) -> new WholeAnswer(channel, lines.createCommand(channel, line));
        this.wholeShells = channel -> new WholeAnswer(channel, shells.createShell(channel));
        server.setCommandFactory(wholeLines);
        server.setShellFactory(wholeShells);
    }

    @Deactivate
    public void deactivate() {
        if (server.getCommandFactory() == wholeLines) {
            server.setCommandFactory(lines);
        }
        if (server.getShellFactory() == wholeShells) {
            server.setShellFactory(shells);
        }
    }
}
