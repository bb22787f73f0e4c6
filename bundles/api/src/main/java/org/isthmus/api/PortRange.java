package org.isthmus.api;

/** Ports a unit opened: `80/tcp`, `8000-8010/udp`, `icmp` (ports 0). */
public record PortRange(int from, int to, String protocol) implements Comparable<PortRange> {

    public static PortRange parse(String text) {
        if (text.equals("icmp")) {
            return new PortRange(0, 0, "icmp");
        }
        String[] halves = text.split("/", 2);
        String protocol = halves.length == 2 ? halves[1].toLowerCase(java.util.Locale.ROOT) : "tcp";
        if (!protocol.equals("tcp") && !protocol.equals("udp")) {
            throw Problem.notValid("invalid protocol \"%s\", expected \"tcp\", \"udp\", or \"icmp\"", protocol);
        }
        String[] ends = halves[0].split("-", 2);
        try {
            int from = Integer.parseInt(ends[0]);
            int to = ends.length == 2 ? Integer.parseInt(ends[1]) : from;
            if (from < 1 || to > 65535 || from > to) {
                throw Problem.notValid("invalid port range %d-%d/%s", from, to, protocol);
            }
            return new PortRange(from, to, protocol);
        } catch (NumberFormatException notAPort) {
            throw Problem.notValid("invalid port \"%s\"", halves[0]);
        }
    }

    public boolean overlaps(PortRange other) {
        return protocol.equals(other.protocol) && from <= other.to && other.from <= to;
    }

    @Override
    public int compareTo(PortRange other) {
        int order = protocol.compareTo(other.protocol);
        order = order != 0 ? order : Integer.compare(from, other.from);
        return order != 0 ? order : Integer.compare(to, other.to);
    }

    @Override
    public String toString() {
        if (protocol.equals("icmp")) {
            return protocol;
        }
        return (from == to ? Integer.toString(from) : from + "-" + to) + "/" + protocol;
    }
}
