package org.isthmus.shell;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** One frame of the relay: type (one byte), length (four, big-endian), payload. */
record Frame(char type, byte[] payload) {
    /** To the relay: magic and token. */
    static final char HELLO = 'H';
    /** To the relay: the invocation's fields, NUL between them, the first letter of each tells its kind. */
    static final char INVOKE = 'I';
    /** To the relay: bytes of stdin; none at its end. */
    static final char DATA = 'D';
    /** To the relay: `+line` or `-` at end of input. */
    static final char ANSWER = 'A';

    static final char CANCEL = 'C';

    static final char OUT = 'O';
    static final char ERR = 'E';
    static final char EXIT = 'X';
    /** To the launcher: send at most so many bytes of stdin. */
    static final char WANT_STDIN = 'W';
    /** To the launcher: `h` (hidden) or `v`, then the text. */
    static final char PROMPT = 'P';
    /** To the launcher: become this program; fields `a` (argv) and `e` (NAME=value). */
    static final char EXEC = 'R';

    private static final int LARGEST = 4 << 20;

    /** Null at the end of the stream. */
    static Frame read(DataInputStream in) throws IOException {
        int type = in.read();
        if (type < 0) {
            return null;
        }
        int length = in.readInt();
        if (length < 0 || length > LARGEST) {
            throw new IOException("a frame of " + length + " bytes");
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame((char) type, payload);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeByte(type);
        out.writeInt(payload.length);
        out.write(payload);
    }
}
