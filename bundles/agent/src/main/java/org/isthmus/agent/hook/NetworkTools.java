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

/** Addresses and ports of the unit. */
final class NetworkTools {
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

    String networkGet(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = ToolPrinter.args(
                call,
                Set.of("bind-address", "ingress-address", "egress-subnets", "primary-address"),
                Set.of("relation"),
                Map.of("r", "relation"));
        args.atMost(1);
        if (args.at(0) == null || args.at(0).isEmpty()) {
            throw new ToolFailure(2, "no arguments specified");
        }
        if (!context.bindings().contains(args.at(0))) {
            throw new ToolFailure("no network config found for binding \"" + args.at(0) + "\"");
        }
        if (args.option("relation") != null) {
            RelationTools.named(args, context);
        }
        String address = context.remote().privateAddress();
        String egress = address + (address != null && address.contains(":") ? "/128" : "/32");
        List<Object> chosen = new ArrayList<>();
        if (args.has("bind-address") || args.has("primary-address")) {
            chosen.add(address);
        }
        if (args.has("ingress-address")) {
            chosen.add(address);
        }
        if (args.has("egress-subnets")) {
            chosen.add(egress);
        }
        if (chosen.size() == 1) {
            return out.print(call, args, chosen.get(0));
        }
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("hostname", "");
        one.put("value", address);
        one.put("cidr", egress);
        one.put("address", address);
        Map<String, Object> device = new LinkedHashMap<>();
        device.put("mac-address", "");
        device.put("interface-name", "lo");
        device.put("addresses", List.of(one));
        Map<String, Object> all = new LinkedHashMap<>();
        boolean some = !chosen.isEmpty();
        if (!some || args.has("bind-address")) {
            all.put("bind-addresses", some ? address : List.of(device));
        }
        if (!some || args.has("egress-subnets")) {
            all.put("egress-subnets", List.of(egress));
        }
        if (!some || args.has("ingress-address")) {
            all.put("ingress-addresses", List.of(address));
        }
        return out.print(call, args, all);
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
