package org.isthmus.cli.command;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.isthmus.rpc.SecretBox;

/**
 * What `juju register` takes: a DER sequence of user, addresses, key, the controller's name, and how to get through a proxy
 * (always empty here), in URL-safe base64. Zeros behind it make its length a multiple of three, so that no `=` is needed.
 */
record RegistrationToken(String user, List<String> addresses, byte[] key, String controller) {
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int UTF8 = 0x0c;
    private static final int PRINTABLE = 0x13;

    String text() {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        addresses.forEach(a -> list.writeBytes(string(a)));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(string(user));
        all.writeBytes(der(SEQUENCE, list.toByteArray()));
        all.writeBytes(der(OCTETS, key));
        all.writeBytes(string(controller));
        all.writeBytes(string(""));
        byte[] der = der(SEQUENCE, all.toByteArray());
        return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(der, (der.length + 2) / 3 * 3));
    }

    /** Refuses what is no token, in the words of `juju register`. */
    static RegistrationToken parse(String text) {
        try {
            ByteBuffer outer = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text.strip()));
            ByteBuffer in = part(outer, SEQUENCE);
            String user = string(in);
            ByteBuffer list = part(in, SEQUENCE);
            List<String> addresses = new ArrayList<>();
            while (list.hasRemaining()) {
                addresses.add(string(list));
            }
            ByteBuffer octets = part(in, OCTETS);
            byte[] key = new byte[octets.remaining()];
            octets.get(key);
            String controller = in.hasRemaining() ? string(in) : "";
            if (addresses.isEmpty() || user.isEmpty() || key.length != SecretBox.KEY_BYTES) {
                throw new IllegalArgumentException("incomplete");
            }
            return new RegistrationToken(user, List.copyOf(addresses), key, controller);
        } catch (IllegalArgumentException | java.nio.BufferUnderflowException malformed) {
            throw Failure.of(
                    "the registration token is not valid: it must be all of the text behind \"juju register\"");
        }
    }

    private static byte[] string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return der(text.matches("[A-Za-z0-9 '()+,./:=?-]*") ? PRINTABLE : UTF8, bytes);
    }

    private static String string(ByteBuffer in) {
        int tag = in.get(in.position());
        ByteBuffer part = part(in, tag == UTF8 ? UTF8 : PRINTABLE);
        return StandardCharsets.UTF_8.decode(part).toString();
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length & 0xff);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static ByteBuffer part(ByteBuffer in, int tag) {
        if (in.get() != tag) {
            throw new IllegalArgumentException("another type was expected");
        }
        int length = in.get() & 0xff;
        if (length >= 0x80) {
            int bytes = length & 0x7f;
            if (bytes < 1 || bytes > 2) {
                throw new IllegalArgumentException("a length that no token has");
            }
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << 8 | in.get() & 0xff;
            }
        }
        if (length > in.remaining()) {
            throw new IllegalArgumentException("cut off");
        }
        ByteBuffer part = in.slice(in.position(), length);
        in.position(in.position() + length);
        return part;
    }

    /** Compared by their text: arrays are not equal by themselves. */
    @Override
    public boolean equals(Object other) {
        return other instanceof RegistrationToken that && text().equals(that.text());
    }

    @Override
    public int hashCode() {
        return text().hashCode();
    }

    /** Without the key, which is as good as a password. */
    @Override
    public String toString() {
        return user + " at " + addresses;
    }
}
