package org.isthmus.offer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.isthmus.api.Problem;

/** An address block. */
record Cidr(byte[] network, int bits) {

    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        // Only literals: a name would be looked up on the network.
        if (!host.matches("[0-9.]+|[0-9a-fA-F:.]+")) {
            throw Problem.notValid("invalid CIDR address: %s", text);
        }
        try {
            byte[] network = InetAddress.getByName(host).getAddress();
            int bits = slash < 0 ? network.length * 8 : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > network.length * 8) {
                throw Problem.notValid("invalid CIDR address: %s", text);
            }
            return new Cidr(network, bits);
        } catch (UnknownHostException | NumberFormatException malformed) {
            throw Problem.notValid("invalid CIDR address: %s", text);
        }
    }

    boolean contains(Cidr other) {
        if (network.length != other.network.length || bits > other.bits) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((network[bit / 8] & mask) != (other.network[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
