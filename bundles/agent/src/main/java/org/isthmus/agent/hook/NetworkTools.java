package org.isthmus.agent.hook;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.isthmus.api.PortRange;
import org.isthmus.api.Refused;
import org.isthmus.wire.agent.HookChanges.Port;
import org.isthmus.wire.agent.NetworkInfo;

/** Addresses and ports of the unit. */
final class NetworkTools {
    private static final String BIND = "bind-address";
    private static final String INGRESS = "ingress-address";
    private static final String EGRESS = "egress-subnets";

    private final ToolPrinter out;

    NetworkTools(ToolPrinter out) {
        this.out = out;
    }

    String unitGet(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = ToolPrinter.args(call, Set.of(), Set.of(), Map.of());
        if (args.at(0) == null) {
            throw new ToolFailure(2, "no setting specified");
        }
        args.atMost(1);
        return switch (args.at(0)) {
            case "private-address" -> out.print(call, args, context.remote().privateAddress());
            case "public-address" -> out.print(call, args, context.remote().publicAddress());
            default -> throw new ToolFailure(2, "unknown setting \"" + args.at(0) + "\"");
        };
    }

    String networkGet(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = ToolPrinter.args(
                call, Set.of(BIND, INGRESS, EGRESS, "primary-address"), Set.of("relation"), Map.of("r", "relation"));
        args.atMost(1);
        String binding = args.at(0);
        if (binding == null || binding.isEmpty()) {
            throw new ToolFailure(2, "no arguments specified");
        }
        String address = context.remote().privateAddress();
        NetworkInfo shown = !context.bindings().contains(binding) || address == null
                ? null
                : context.api().networkInfo(relation(args, context, binding));
        if (shown == null || shown.ingress().isEmpty()) {
            throw new ToolFailure("no network config found for binding \"" + binding + "\"");
        }
        Map<String, Object> chosen = new TreeMap<>();
        if (args.has(BIND)) {
            chosen.put(BIND, address);
        }
        if (args.has(INGRESS)) {
            chosen.put(INGRESS, shown.ingress().get(0));
        }
        if (args.has(EGRESS)) {
            chosen.put(EGRESS, shown.egress());
        }
        if (args.has("primary-address")) {
            if (!chosen.isEmpty()) {
                throw new ToolFailure("--primary-address must be the only flag specified");
            }
            return out.print(call, args, address);
        }
        if (!chosen.isEmpty()) {
            return out.print(
                    call, args, chosen.size() == 1 ? chosen.values().iterator().next() : chosen);
        }
        return out.print(call, args, everything(address, shown));
    }

    /** The relation that is asked for, else that of the hook if it is one of this endpoint; null for none. */
    private static Integer relation(ToolArgs args, HookContext context, String binding) {
        if (args.option("relation") != null) {
            return RelationTools.named(args, context).id();
        }
        return binding.equals(context.hook().endpoint()) ? context.hook().relation() : null;
    }

    private static Map<String, Object> everything(String address, NetworkInfo shown) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("hostname", "");
        one.put("value", address);
        one.put("cidr", address + (address.contains(":") ? "/128" : "/32"));
        one.put("address", address);
        Map<String, Object> device = new LinkedHashMap<>();
        device.put("mac-address", "");
        device.put("interface-name", "lo");
        device.put("addresses", List.of(one));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("bind-addresses", List.of(device));
        all.put(EGRESS, shown.egress());
        all.put("ingress-addresses", shown.ingress());
        return all;
    }

    String port(ToolCall call, HookContext context, boolean open) throws InterruptedException, IOException {
        ToolArgs args = ToolArgs.parse(call.args(), Set.of(), Set.of("endpoints", "format"), Map.of());
        if (args.at(0) == null) {
            throw new ToolFailure(2, "no port or range specified");
        }
        args.atMost(1);
        PortRange range;
        try {
            range = PortRange.parse(args.at(0));
        } catch (Refused bad) {
            throw new ToolFailure(2, bad.getMessage());
        }
        String named = args.option("endpoints");
        List<String> endpoints = new ArrayList<>();
        for (String word : named == null || named.isEmpty() ? new String[] {""} : named.split(",")) {
            String endpoint = word.trim();
            if (!endpoint.isEmpty() && !context.bindings().contains(endpoint)) {
                throw new ToolFailure("unknown endpoint \"" + endpoint + "\"");
            }
            endpoints.add(endpoint);
        }
        if (open) {
            context.open(range, endpoints);
        } else {
            context.close(range, endpoints);
        }
        return "";
    }

    String openedPorts(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = ToolPrinter.args(call, Set.of("endpoints"), Set.of(), Map.of());
        args.atMost(0);
        Map<PortRange, Set<String>> byRange = new TreeMap<>();
        for (Port port : context.ports()) {
            byRange.computeIfAbsent(PortRange.parse(port.range()), range -> new TreeSet<>())
                    .add(port.endpoint().isEmpty() ? "*" : port.endpoint());
        }
        List<String> lines = new ArrayList<>();
        byRange.forEach((range, endpoints) -> lines.add(
                args.has("endpoints") ? range + " (" + String.join(", ", endpoints) + ")" : range.toString()));
        return out.print(call, args, lines);
    }
}
