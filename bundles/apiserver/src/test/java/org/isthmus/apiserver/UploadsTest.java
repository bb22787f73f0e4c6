package org.isthmus.apiserver;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Who of those who are known makes room. */
public class UploadsTest {
    private static final int TEXT = 0x81;
    private static final int BEGINNING = 0x01;
    private static final int END = 0x80;

    private World world;

    @Before
    public void open() throws Exception {
        world = new World();
    }

    @After
    public void close() {
        world.close();
    }

    /** An upgraded channel of somebody who is known. */
    private final class Peer implements Frontend.Stream {
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final Frontend frontend = new Frontend(world.server, channel);
        private final List<Charge> heard = new ArrayList<>();

        Peer() {
            channel.pipeline()
                    .addLast("tls", new ChannelDuplexHandler())
                    .addLast(new HttpServerCodec())
                    .addLast(frontend);
            frontend.authenticated();
            HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/logsink");
            request.headers()
                    .set("Upgrade", "websocket")
                    .set("Connection", "Upgrade")
                    .set("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")
                    .set("Sec-WebSocket-Version", "13");
            assertTrue(frontend.upgradeTo(request, this));
        }

        @Override
        public void message(byte[] text, Charge charge) {
            heard.add(charge);
        }

        @Override
        public void closed() {}

        /** Masked with nothing; of a length that takes two bytes. */
        void sends(int kind, int length) {
            ByteBuf frame = Unpooled.buffer();
            frame.writeByte(kind).writeByte(0x80 | 126).writeShort(length).writeInt(0);
            frame.writeZero(length);
            channel.writeInbound(frame);
        }
    }

    private boolean makesRoom(long than) {
        return world.costs.uploads().makeRoom(world.costs.known(), than);
    }

    @Test
    public void whoHoldsMostOfAMessageThatIsNotWhole() throws Exception {
        Apart.call(() -> {
            Peer whole = new Peer();
            whole.sends(TEXT, 60_000);
            assertEquals(60_000, whole.heard.get(0).held());
            Peer little = new Peer();
            little.sends(BEGINNING, 1000);
            Peer much = new Peer();
            much.sends(BEGINNING, 9000);
            assertFalse("nobody holds more", makesRoom(10_000));
            assertTrue(makesRoom(5000));
            assertFalse(much.channel.isOpen());
            assertTrue(little.channel.isOpen() && whole.channel.isOpen());
            assertFalse("that was the one", makesRoom(5000));
            assertTrue(makesRoom(500));
            assertFalse(makesRoom(0));
            assertTrue(whole.channel.isOpen());
            return null;
        });
    }

    @Test
    public void whatIsWholeAndNotHeardYetIsNotLookedAt() throws Exception {
        Apart.call(() -> {
            Peer busy = new Peer();
            busy.channel.config().setAutoRead(false);
            busy.sends(TEXT, 9000);
            busy.sends(TEXT, 9000);
            assertTrue("waits", busy.frontend.holds() > 9000);
            assertFalse(makesRoom(0));
            assertTrue(busy.channel.isOpen());
            return null;
        });
    }

    /** Between the search and its end. */
    @Test
    public void whoseMessageBecameWholeStays() throws Exception {
        Apart.call(() -> {
            Peer peer = new Peer();
            peer.sends(BEGINNING, 9000);
            long held = peer.frontend.comesIn();
            peer.sends(END, 1000);
            peer.frontend.breakOff(held);
            assertTrue(peer.channel.isOpen());
            assertEquals(1, peer.heard.size());
            peer.sends(BEGINNING, 9000);
            assertTrue("the next time", makesRoom(5000));
            assertFalse(peer.channel.isOpen());
            return null;
        });
    }
}
