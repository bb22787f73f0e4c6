package org.isthmus.shell;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Makes everything that the container's ssh server runs a {@link WholeAnswer}, and lines without a terminal a {@link Script}. Karaf
 * makes that server and offers it as a service: another one for each change of its configuration, at a start too, beside which the
 * stopped one stays on offer. So it is done to all of them.
 */
@Component(
        service = {},
        immediate = true)
public final class SshAnswers {
    private final Scripts scripts = new Scripts();
    private final Registry registry;
    private final Map<SshServer, Answers> servers = new ConcurrentHashMap<>();

    /** What a server runs: as Karaf made it, and whole. */
    private record Answers(
            CommandFactory lines, ShellFactory shells, CommandFactory wholeLines, ShellFactory wholeShells) {}

    @Activate
    public SshAnswers(@Reference SessionFactory sessions) {
        this.registry = sessions.getRegistry();
        registry.register(scripts);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bind(SshServer server) {
        CommandFactory lines = server.getCommandFactory();
        ShellFactory shells = server.getShellFactory();
        Answers answers = new Answers(
                lines,
                shells,
                (channel, text) -> answer(lines, channel, text),
                channel -> new WholeAnswer(channel, shells.createShell(channel)));
        servers.put(server, answers);
        server.setCommandFactory(answers.wholeLines());
        server.setShellFactory(answers.wholeShells());
    }

    private Command answer(CommandFactory lines, ChannelSession channel, String text) throws IOException {
        Script script = new Script(text);
        return new WholeAnswer(channel, lines.createCommand(channel, scripts.line(script))) {
            @Override
            int status(int said) {
                scripts.forget(script);
                return said == 0 ? script.code() : said;
            }
        };
    }

    void unbind(SshServer server) {
        Answers answers = servers.remove(server);
        if (server.getCommandFactory() == answers.wholeLines()) {
            server.setCommandFactory(answers.lines());
        }
        if (server.getShellFactory() == answers.wholeShells()) {
            server.setShellFactory(answers.shells());
        }
    }

    @Deactivate
    public void deactivate() {
        registry.unregister(scripts);
    }
}
