package org.isthmus.shell;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.command.CommandFactory;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** A real client runs lines at a server whose commands end as Karaf's do. */
public class SshAnswersTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final SshServer server = SshServer.setUpDefaultServer();
    private final SshClient client = SshClient.setUpDefaultClient();

    @Before
    public void start() throws Exception {
        var keys = SecurityUtils.getKeyPairGenerator("EC");
        keys.initialize(256);
        server.setKeyPairProvider(KeyPairProvider.wrap(keys.generateKeyPair()));
        server.setHost("127.0.0.1");
        server.setPasswordAuthenticator((user, password, session) -> true);
        server.setShellFactory(channel -> new ClosesTheConnection("0"));
        // Of the line that runs a script only its number is of interest here: it is told back, as the exit status.
        server.setCommandFactory((channel, line) -> new ClosesTheConnection(line.replaceFirst("^isthmus:script ", "")));
        server.start();
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setServerKeyVerifier((session, address, key) -> true);
        client.start();
    }

    @After
    public void stop() throws Exception {
        client.stop();
        server.stop(true);
    }

    @Test
    public void everyLineOfOneConnectionIsAnsweredWhole() throws Exception {
        SshAnswers answers = new SshAnswers(sessions());
        // One that was stopped stays on offer, as Karaf leaves it.
        answers.bind(SshServer.setUpDefaultServer());
        answers.bind(server);
        try (ClientSession session = connect()) {
            for (int line = 1; line < 100; line++) {
                assertEquals(line + " out " + line + " err " + line, run(session, "whatever"));
            }
        }
    }

    @Test
    public void withoutItTheConnectionGoesWithItsFirstLine() throws Exception {
        try (ClientSession session = connect()) {
            run(session, "1");
            session.waitFor(EnumSet.of(ClientSession.ClientSessionEvent.CLOSED), LIMIT);
            assertEquals(true, session.isClosed());
        }
    }

    @Test
    public void whoLeavesPutsBackWhatWasThere() {
        CommandFactory before = server.getCommandFactory();
        SshAnswers answers = new SshAnswers(sessions());
        answers.bind(server);
        assertNotSame(before, server.getCommandFactory());
        answers.unbind(server);
        assertSame(before, server.getCommandFactory());
    }

    private static SessionFactory sessions() {
        Registry registry = (Registry) Proxy.newProxyInstance(
                Registry.class.getClassLoader(), new Class<?>[] {Registry.class}, (self, method, args) -> null);
        return (SessionFactory) Proxy.newProxyInstance(
                SessionFactory.class.getClassLoader(),
                new Class<?>[] {SessionFactory.class},
                (self, method, args) -> registry);
    }

    private ClientSession connect() throws IOException {
        ClientSession session = client.connect("admin", "127.0.0.1", server.getPort())
                .verify(LIMIT)
                .getSession();
        session.addPasswordIdentity("any");
        session.auth().verify(LIMIT);
        return session;
    }

    private static String run(ClientSession session, String line) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (ChannelExec exec = session.createExecChannel(line)) {
            exec.setIn(InputStream.nullInputStream());
            exec.setOut(out);
            exec.setErr(err);
            exec.open().verify(LIMIT);
            exec.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
            return exec.getExitStatus() + " " + out.toString(StandardCharsets.UTF_8) + " "
                    + err.toString(StandardCharsets.UTF_8);
        }
    }

    /** Its line is its exit status. It ends as Karaf's commands do. */
    private static final class ClosesTheConnection implements Command {
        private final String line;
        private OutputStream out;
        private OutputStream err;
        private ExitCallback exit;

        ClosesTheConnection(String line) {
            this.line = line;
        }

        @Override
        public void setInputStream(InputStream in) {}

        @Override
        public void setOutputStream(OutputStream stream) {
            out = stream;
        }

        @Override
        public void setErrorStream(OutputStream stream) {
            err = stream;
        }

        @Override
        public void setExitCallback(ExitCallback callback) {
            exit = callback;
        }

        @Override
        public void start(ChannelSession channel, Environment environment) {
            var connection = channel.getServerSession();
            new Thread(() -> {
                        try {
                            out.write(("out " + line).getBytes(StandardCharsets.UTF_8));
                            err.write(("err " + line).getBytes(StandardCharsets.UTF_8));
                            exit.onExit(Integer.parseInt(line));
                            out.close();
                            err.close();
                        } catch (IOException closed) {
                            // The channel's end closed them.
                        } finally {
                            connection.close(false);
                        }
                    })
                    .start();
        }

        @Override
        public void destroy(ChannelSession channel) {}
    }
}
