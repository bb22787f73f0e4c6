package org.isthmus.rpc;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.Test;

public class SecretBoxTest {
    /** The example of NaCl's own tests (tests/secretbox.c). */
    @Test
    public void sealsAsNaClDoes() {
        HexFormat hex = HexFormat.of();
        byte[] key = hex.parseHex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
        byte[] nonce = hex.parseHex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
        byte[] message = hex.parseHex("be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc"
                + "e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31"
                + "0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde"
                + "048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864"
                + "5e0705");
        String box = hex.formatHex(SecretBox.seal(key, nonce, message));
        assertEquals("f3ffc7703f9400e52a7dfb4b3d3305d9", box.substring(0, 32));
        assertEquals("8e993b9f48681273c29650ba32fc76ce", box.substring(32, 64));
        assertArrayEquals(message, SecretBox.open(key, nonce, hex.parseHex(box)));
    }

    @Test
    public void agreesWithBouncyCastle() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            byte[] key = bytes(random, SecretBox.KEY_BYTES);
            byte[] nonce = bytes(random, SecretBox.NONCE_BYTES);
            byte[] message = bytes(random, random.nextInt(300));
            byte[] box = SecretBox.seal(key, nonce, message);
            assertArrayEquals("seed " + seed, theirs(key, nonce, message), box);
            assertArrayEquals("seed " + seed, message, SecretBox.open(key, nonce, box));
            box[random.nextInt(box.length)] ^= (byte) (1 << random.nextInt(8));
            assertNull("seed " + seed, SecretBox.open(key, nonce, box));
        }
    }

    @Test
    public void opensNothingOfAnotherKeyOrOfTooFewBytes() {
        byte[] nonce = new byte[SecretBox.NONCE_BYTES];
        byte[] box = SecretBox.seal(new byte[32], nonce, new byte[] {1, 2, 3});
        byte[] other = new byte[32];
        other[31] = 1;
        assertNull(SecretBox.open(other, nonce, box));
        assertNull(SecretBox.open(new byte[32], nonce, Arrays.copyOf(box, 15)));
        assertNull(SecretBox.open(new byte[32], new byte[12], box));
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] theirs(byte[] key, byte[] nonce, byte[] message) {
        XSalsa20Engine cipher = new XSalsa20Engine();
        cipher.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
        byte[] once = new byte[32];
        cipher.processBytes(new byte[32], 0, 32, once, 0);
        byte[] box = new byte[16 + message.length];
        cipher.processBytes(message, 0, message.length, box, 16);
        Poly1305 mac = new Poly1305();
        // NaCl clamps r as it comes; BouncyCastle wants it clamped.
        mac.init(new KeyParameter(once));
        mac.update(box, 16, message.length);
        mac.doFinal(box, 0);
        return box;
    }
}
