package org.isthmus.shell;

import java.io.IOException;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.command.CommandFactory;
import org.apache.sshd.server.shell.ShellFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
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
    /** One for all: a line that one instance took may be run when the next one is there. */
    private static final Scripts SCRIPTS = new Scripts();

    private static Registry knownTo;

    private final SshServer server;
    private final CommandFactory lines;
    private final ShellFactory shells;
    private final CommandFactory wholeLines;
    private final ShellFactory wholeShells;
    private final Registry registry;

    @Activate
    public SshAnswers(@Reference SshServer server, @Reference SessionFactory sessions) {
        this.server = server;
        this.registry = sessions.getRegistry();
        this.lines = server.getCommandFactory();
        this.shells = server.getShellFactory();
        this.wholeLines = this::answer;
        this.wholeShells = channel -> new WholeAnswer(channel, shells.createShell(channel));
        known(registry);
        server.setCommandFactory(wholeLines);
        server.setShellFactory(wholeShells);
    }

    private Command answer(ChannelSession channel, String text) throws IOException {
        Script script = new Script(text);
        return new WholeAnswer(channel, lines.createCommand(channel, SCRIPTS.line(script))) {
            @Override
            int status(int said) {
                SCRIPTS.forget(script);
                return said == 0 ? script.code() : said;
            }
        };
    }

    /**
     * Where only the server goes, as Karaf makes another one for each change of its configuration, the old one may take lines for a
     * while yet: they get whole answers, too.
     */
    @Deactivate
    public void deactivate(BundleContext bundle) {
        if (bundle.getBundle().getState() == Bundle.ACTIVE) {
            return;
        }
        if (server.getCommandFactory() == wholeLines) {
            server.setCommandFactory(lines);
        }
        if (server.getShellFactory() == wholeShells) {
            server.setShellFactory(shells);
        }
        forgotten();
    }

    /** Once: the shell counts what is registered, and cannot take away what it does not know. */
    private static synchronized void known(Registry registry) {
        if (knownTo != registry) {
            registry.register(SCRIPTS);
            knownTo = registry;
        }
    }

    private static synchronized void forgotten() {
        if (knownTo != null) {
            knownTo.unregister(SCRIPTS);
            knownTo = null;
        }
    }
}
