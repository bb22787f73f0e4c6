package org.isthmus.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** How passwords are kept. Users choose theirs, so they are hashed slowly; agents' are random, so a fast hash is enough. */
final class Passwords {
    private static final String SCHEME = "pbkdf2-sha512";

    /** OWASP's advice for PBKDF2 with HMAC-SHA512. Stored with each hash, so it may grow. */
    static final int ITERATIONS = 210_000;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 64;

    /** As long as the random part of an agent's password. */
    private static final int AGENT_HASH_BYTES = 18;

    private Passwords() {}

    static String hash(String password, byte[] salt, int iterations) {
        Base64.Encoder base64 = Base64.getEncoder();
        return SCHEME + "$" + iterations + "$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(derive(password, salt, iterations, HASH_BYTES));
    }

    static int saltBytes() {
        return SALT_BYTES;
    }

    static boolean matches(String hash, String password) {
        if (hash == null || password == null || password.isEmpty()) {
            return false;
        }
        String[] parts = hash.split("\\$");
        if (parts.length != 4 || !parts[0].equals(SCHEME)) {
            return false;
        }
        byte[] wanted = Base64.getDecoder().decode(parts[3]);
        byte[] got = derive(password, Base64.getDecoder().decode(parts[2]), Integer.parseInt(parts[1]), wanted.length);
        return MessageDigest.isEqual(wanted, got);
    }

    private static byte[] derive(String password, byte[] salt, int iterations, int bytes) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, bytes * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        } finally {
            spec.clearPassword();
        }
    }

    static String hashAgent(String password) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-512").digest(password.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(Arrays.copyOf(sum, AGENT_HASH_BYTES));
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    static boolean agentMatches(String hash, String password) {
        return hash != null
                && password != null
                && !password.isEmpty()
                && MessageDigest.isEqual(
                        hash.getBytes(StandardCharsets.UTF_8),
                        hashAgent(password).getBytes(StandardCharsets.UTF_8));
    }
}
