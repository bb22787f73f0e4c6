package org.isthmus.offer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.isthmus.api.Problem;

/** An address block; bits behind its prefix are 0. */
record Cidr(byte[] network, int bits) {
    Cidr {
        network = network.clone();
        for (int bit = bits; bit < network.length * 8; bit++) {
            network[bit / 8] &= (byte) ~mask(bit);
        }
    }

    private static int mask(int bit) {
        return 0x80 >> (bit % 8);
    }

    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        // Only literals: a name would be looked up on the network.
        if (!host.matches("[0-9]{1,3}([.][0-9]{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*")) {
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
        return network.length == other.network.length && bits <= other.bits && equals(new Cidr(other.network, bits));
    }

    /** The fewest blocks that hold the same addresses. */
    static List<Cidr> merged(List<Cidr> blocks) {
        List<Cidr> left = new ArrayList<>(blocks);
        left.sort(Comparator.<Cidr>comparingInt(c -> c.network.length)
                .thenComparing(c -> c.network, Arrays::compareUnsigned)
                .thenComparingInt(Cidr::bits));
        List<Cidr> merged = new ArrayList<>();
        for (Cidr block : left) {
            add(merged, block);
        }
        return merged;
    }

    /** Blocks come in order: only the last ones can hold the next or be its other half. */
    private static void add(List<Cidr> merged, Cidr block) {
        Cidr last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
        if (last == null || !last.contains(block) && !last.isHalfWith(block)) {
            merged.add(block);
        } else if (!last.contains(block)) {
            merged.remove(merged.size() - 1);
            add(merged, new Cidr(block.network, block.bits - 1));
        }
    }

    private boolean isHalfWith(Cidr other) {
        return bits == other.bits
                && bits > 0
                && network.length == other.network.length
                && new Cidr(network, bits - 1).equals(new Cidr(other.network, bits - 1));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && cidr.bits == bits && Arrays.equals(cidr.network, network);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(network) * 31 + bits;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + bits;
        } catch (UnknownHostException lengthIsRight) {
            throw new IllegalStateException(lengthIsRight);
        }
    }
}
