package org.isthmus.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.session.ServerSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line, or a shell, over ssh whose end reaches the client. Karaf's commands close the whole connection as soon as they are done: a
 * client that still talks then, as on a busy machine, sees a broken pipe instead of the exit status and ends with 255; and other
 * channels of the connection go with it. Here only the channel is closed; the client leaves when it has read everything.
 *
 * <p>The exit status goes out before the end of the output, because a client without input closes the channel on that end, and what
 * comes later is dropped.
 */
class WholeAnswer implements Command {
    private static final Logger LOG = LoggerFactory.getLogger(WholeAnswer.class);

    private final ChannelSession channel;
    private final Command command;
    private OutputStream out;
    private OutputStream err;

    WholeAnswer(ChannelSession channel, Command command) {
        this.channel = channel;
        this.command = command;
    }

    @Override
    public void setInputStream(InputStream in) {
        command.setInputStream(in);
    }

    @Override
    public void setOutputStream(OutputStream out) {
        this.out = out;
        command.setOutputStream(out);
    }

    @Override
    public void setErrorStream(OutputStream err) {
        this.err = err;
        command.setErrorStream(err);
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        command.setExitCallback((status, message, immediately) -> {
            int told = status(status);
            try {
                answer(told);
            } catch (IOException gone) {
                LOG.debug("The client left before it was told the exit status {}: {}", told, gone.getMessage());
            }
            channel.close(immediately);
            // The channel waits for this before it closes.
            callback.onExit(told, message, immediately);
        });
    }

    /** @param said by the command */
    int status(int said) {
        return said;
    }

    private void answer(int status) throws IOException {
        if (channel.isClosing()) {
            return;
        }
        out.flush();
        err.flush();
        Session session = channel.getSession();
        Buffer packet = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, Long.SIZE);
        packet.putUInt(channel.getRecipient());
        packet.putString("exit-status");
        packet.putBoolean(false);
        packet.putInt(status);
        channel.writePacket(packet);
    }

    @Override
    public void start(ChannelSession own, Environment environment) throws IOException {
        command.start(new Kept(own), environment);
    }

    @Override
    public void destroy(ChannelSession own) throws Exception {
        command.destroy(own);
    }

    /** What a command sees of its channel: of the connection everything but the means to close it. */
    private static final class Kept extends ChannelSession {
        private final ServerSession connection;

        Kept(ChannelSession channel) {
            ServerSession whole = channel.getServerSession();
            this.connection = (ServerSession) Proxy.newProxyInstance(
                    ServerSession.class.getClassLoader(),
                    new Class<?>[] {ServerSession.class},
                    (proxy, method, args) -> {
                        if (method.getName().equals("close")) {
                            return args == null ? null : channel.close(false);
                        }
                        try {
                            return method.invoke(whole, args);
                        } catch (InvocationTargetException failure) {
                            throw failure.getCause();
                        }
                    });
        }

        @Override
        public ServerSession getServerSession() {
            return connection;
        }
    }
}
