package org.isthmus.apiserver;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Pings of a peer. */
public class PingsTest {
    private static final int TEXT = 0x81;
    private static final int PING = 0x89;
    private static final int PONG = 0x8a;

    private World world;

    @Before
    public void open() throws Exception {
        world = new World();
    }

    @After
    public void close() {
        world.close();
    }

    /** Masked with nothing. */
    private static void send(OutputStream out, int kind, byte[] content) throws Exception {
        out.write(kind);
        if (content.length < 126) {
            out.write(0x80 | content.length);
        } else {
            out.write(0x80 | 126);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.write(new byte[4]);
        out.write(content);
    }

    private record Frame(int kind, byte[] content) {
        static Frame read(DataInputStream in) throws Exception {
            int kind = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            return new Frame(kind, in.readNBytes(length < 126 ? length : in.readUnsignedShort()));
        }

        int number() {
            return ByteBuffer.wrap(content).getInt();
        }
    }

    /** The others' answers would wait in memory for whoever never reads them. */
    @Test(timeout = 60_000)
    public void onlyTheLastIsAnsweredOfThoseThatCameWhileTheirSenderDidNotRead() throws Exception {
        int pings = 200_000;
        try (SSLSocket socket = RawSocket.tls(world)) {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 16 << 10);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            out.write(("GET /api HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            send(
                    out,
                    TEXT,
                    ("{\"type\":\"Admin\",\"request\":\"Login\",\"version\":3,\"request-id\":1,\"params\":{"
                                    + "\"auth-tag\":\"user-reader\",\"credentials\":\"secret\"}}")
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertEquals(TEXT, Frame.read(in).kind());
            for (int n = 1; n <= pings; n++) {
                send(out, PING, ByteBuffer.allocate(125).putInt(n).array());
            }
            out.flush();
            int pongs = 0;
            int last = 0;
            while (last < pings) {
                Frame frame = Frame.read(in);
                if (frame.kind() == PONG) {
                    assertTrue("in their order", frame.number() > last);
                    last = frame.number();
                    pongs++;
                }
            }
            assertTrue("answered: " + pongs, pongs < pings / 2);
        }
    }
}
