package org.isthmus.api;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An address block; bits behind its prefix are 0. */
public record Cidr(byte[] network, int bits) {
    public Cidr {
        network = network.clone();
        for (int bit = bits; bit < network.length * 8; bit++) {
            network[bit / 8] &= (byte) ~mask(bit);
        }
    }

    @Override
    public byte[] network() {
        return network.clone();
    }

    private static int mask(int bit) {
        return 0x80 >> (bit % 8);
    }

    /** An address, or a block of them with its prefix. */
    public static Cidr parse(String text) {
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

    /** A block with its prefix: an address alone is refused, as Juju does where it asks for networks. */
    public static Cidr block(String text) {
        if (text.indexOf('/') < 0) {
            throw Problem.notValid("invalid CIDR address: %s", text);
        }
        return parse(text);
    }

    /** A block that is not everything: all of the internet is no answer to "from where". */
    public static Cidr source(String text) {
        Cidr block = block(text);
        if (block.bits == 0) {
            throw Problem.notValid("CIDR \"%s\" not allowed", text);
        }
        return block;
    }

    public boolean contains(Cidr other) {
        return network.length == other.network.length && bits <= other.bits && equals(new Cidr(other.network, bits));
    }

    /** What is in both: blocks lie in one another or apart. Null for apart. */
    public Cidr common(Cidr other) {
        return contains(other) ? other : other.contains(this) ? this : null;
    }

    /** The fewest blocks that hold the same addresses. */
    public static List<Cidr> merged(List<Cidr> blocks) {
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
            return (network.length == 4 ? InetAddress.getByAddress(network).getHostAddress() : six()) + "/" + bits;
        } catch (UnknownHostException lengthIsRight) {
            throw new IllegalStateException(lengthIsRight);
        }
    }

    /** As RFC 5952 writes it: the longest run of zeros is left out. */
    private String six() {
        int from = 0;
        int longest = 1;
        for (int at = 0; at < 8; at++) {
            int run = 0;
            while (at + run < 8 && group(at + run) == 0) {
                run++;
            }
            if (run > longest) {
                from = at;
                longest = run;
            }
        }
        return longest == 1 ? groups(0, 8) : groups(0, from) + "::" + groups(from + longest, 8);
    }

    private String groups(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(at -> Integer.toHexString(group(at)))
                .collect(Collectors.joining(":"));
    }

    private int group(int at) {
        return (network[at * 2] & 0xff) << 8 | network[at * 2 + 1] & 0xff;
    }
}
