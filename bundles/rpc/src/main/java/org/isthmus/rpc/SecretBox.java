package org.isthmus.rpc;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * NaCl's secretbox (XSalsa20 and Poly1305), in which Juju's clients seal what they send to `/register`. Java has neither, and
 * this is all that is needed of them. Meant for a few short messages, each under a fresh nonce: the arithmetic of the
 * authenticator does not run in constant time.
 */
public final class SecretBox {
    public static final int KEY_BYTES = 32;
    public static final int NONCE_BYTES = 24;

    private static final int MAC_BYTES = 16;
    private static final int BLOCK = 64;
    /** `expand 32-byte k` */
    private static final int[] SIGMA = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

    private static final BigInteger PRIME = BigInteger.ONE.shiftLeft(130).subtract(BigInteger.valueOf(5));
    private static final BigInteger CLAMP = new BigInteger("0ffffffc0ffffffc0ffffffc0fffffff", 16);

    private SecretBox() {}

    /** The authenticator, then the message under the key stream. */
    public static byte[] seal(byte[] key, byte[] nonce, byte[] message) {
        byte[] stream = stream(key, nonce, message.length);
        byte[] box = new byte[MAC_BYTES + message.length];
        for (int i = 0; i < message.length; i++) {
            box[MAC_BYTES + i] = (byte) (message[i] ^ stream[32 + i]);
        }
        System.arraycopy(mac(stream, box), 0, box, 0, MAC_BYTES);
        return box;
    }

    /** The message; null where the key is another one or a bit was changed. */
    public static byte[] open(byte[] key, byte[] nonce, byte[] box) {
        if (box.length < MAC_BYTES || nonce.length != NONCE_BYTES) {
            return null;
        }
        byte[] stream = stream(key, nonce, box.length - MAC_BYTES);
        if (!MessageDigest.isEqual(mac(stream, box), Arrays.copyOf(box, MAC_BYTES))) {
            return null;
        }
        byte[] message = new byte[box.length - MAC_BYTES];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) (box[MAC_BYTES + i] ^ stream[32 + i]);
        }
        return message;
    }

    /** 32 bytes for the authenticator, then as many as the message has. */
    private static byte[] stream(byte[] key, byte[] nonce, int length) {
        if (key.length != KEY_BYTES || nonce.length != NONCE_BYTES) {
            throw new IllegalArgumentException("a key has 32 bytes and a nonce 24");
        }
        int[] first = words(key, 8);
        int[] at = words(nonce, 6);
        int[] state = state(first, new int[] {at[0], at[1], at[2], at[3]});
        rounds(state);
        int[] sub = {state[0], state[5], state[10], state[15], state[6], state[7], state[8], state[9]};
        byte[] stream = new byte[(32 + length + BLOCK - 1) / BLOCK * BLOCK];
        for (int block = 0; block * BLOCK < stream.length; block++) {
            int[] start = state(sub, new int[] {at[4], at[5], block, 0});
            int[] end = start.clone();
            rounds(end);
            for (int i = 0; i < 16; i++) {
                int word = start[i] + end[i];
                for (int j = 0; j < 4; j++) {
                    stream[block * BLOCK + 4 * i + j] = (byte) (word >>> 8 * j);
                }
            }
        }
        return stream;
    }

    private static int[] words(byte[] bytes, int count) {
        int[] words = new int[count];
        for (int i = 0; i < 4 * count; i++) {
            words[i / 4] |= (bytes[i] & 0xff) << 8 * (i % 4);
        }
        return words;
    }

    private static int[] state(int[] key, int[] input) {
        int[] state = new int[16];
        for (int i = 0; i < 4; i++) {
            state[5 * i] = SIGMA[i];
            state[1 + i] = key[i];
            state[11 + i] = key[4 + i];
            state[6 + i] = input[i];
        }
        return state;
    }

    private static void rounds(int[] x) {
        for (int i = 0; i < 10; i++) {
            quarter(x, 0, 4, 8, 12);
            quarter(x, 5, 9, 13, 1);
            quarter(x, 10, 14, 2, 6);
            quarter(x, 15, 3, 7, 11);
            quarter(x, 0, 1, 2, 3);
            quarter(x, 5, 6, 7, 4);
            quarter(x, 10, 11, 8, 9);
            quarter(x, 15, 12, 13, 14);
        }
    }

    private static void quarter(int[] x, int a, int b, int c, int d) {
        x[b] ^= Integer.rotateLeft(x[a] + x[d], 7);
        x[c] ^= Integer.rotateLeft(x[b] + x[a], 9);
        x[d] ^= Integer.rotateLeft(x[c] + x[b], 13);
        x[a] ^= Integer.rotateLeft(x[d] + x[c], 18);
    }

    /** Poly1305 of what follows the box's first 16 bytes. */
    private static byte[] mac(byte[] stream, byte[] box) {
        BigInteger r = little(stream, 0, 16).and(CLAMP);
        BigInteger sum = BigInteger.ZERO;
        for (int from = MAC_BYTES; from < box.length; from += 16) {
            int length = Math.min(16, box.length - from);
            sum = sum.add(little(box, from, length).setBit(8 * length))
                    .multiply(r)
                    .mod(PRIME);
        }
        byte[] big = sum.add(little(stream, 16, 16)).toByteArray();
        byte[] mac = new byte[MAC_BYTES];
        for (int i = 0; i < Math.min(MAC_BYTES, big.length); i++) {
            mac[i] = big[big.length - 1 - i];
        }
        return mac;
    }

    private static BigInteger little(byte[] bytes, int from, int length) {
        byte[] big = new byte[length];
        for (int i = 0; i < length; i++) {
            big[i] = bytes[from + length - 1 - i];
        }
        return new BigInteger(1, big);
    }
}
