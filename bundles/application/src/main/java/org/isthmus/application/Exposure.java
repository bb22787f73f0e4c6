package org.isthmus.application;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.charm.CharmMetadata;
import org.isthmus.model.Application;
import org.isthmus.model.Application.ExposedEndpoint;
import org.isthmus.model.Kinds;
import org.isthmus.model.Tx;

/** To whom an application's open ports are open. */
final class Exposure {
    private static final List<String> EVERYBODY = List.of("0.0.0.0/0", "::/0");

    private Exposure() {}

    static void expose(Tx tx, String name, Map<String, ExposedEndpoint> endpoints) {
        Application application = tx.need(Kinds.APPLICATION, name);
        Map<String, ExposedEndpoint> exposed = new TreeMap<>(application.exposedEndpoints());
        Map<String, ExposedEndpoint> asked = endpoints == null || endpoints.isEmpty()
                ? Map.of("", new ExposedEndpoint(List.of(), List.of()))
                : endpoints;
        CharmMetadata metadata = Charms.of(tx.now(), application).metadata();
        asked.forEach((endpoint, to) -> {
            if (!endpoint.isEmpty()
                    && !metadata.endpoints().containsKey(endpoint)
                    && !metadata.extraBindings().containsKey(endpoint)) {
                throw Problem.refuse(Code.NOT_FOUND, "endpoint \"%s\" not found", endpoint);
            }
            for (String space : to.spaces()) {
                if (!space.equals("alpha")) {
                    throw Problem.refuse(Code.NOT_FOUND, "space \"%s\" not found", space);
                }
            }
            for (String cidr : to.cidrs()) {
                if (!isCidr(cidr)) {
                    throw Problem.notValid("cannot parse \"%s\" as a CIDR", cidr);
                }
            }
            boolean open = to.spaces().isEmpty() && to.cidrs().isEmpty();
            exposed.put(endpoint, open ? new ExposedEndpoint(List.of(), EVERYBODY) : to);
        });
        tx.put(Kinds.APPLICATION, application.withExposed(true).withExposedEndpoints(exposed));
    }

    static void unexpose(Tx tx, String name, List<String> endpoints) {
        Application application = tx.need(Kinds.APPLICATION, name);
        Map<String, ExposedEndpoint> exposed = new TreeMap<>(application.exposedEndpoints());
        if (endpoints == null || endpoints.isEmpty()) {
            exposed.clear();
        } else {
            for (String endpoint : endpoints) {
                if (exposed.remove(endpoint) == null) {
                    throw Problem.refuse(Code.BAD_REQUEST, "endpoint \"%s\" is not exposed", endpoint);
                }
            }
        }
        tx.put(Kinds.APPLICATION, application.withExposed(!exposed.isEmpty()).withExposedEndpoints(exposed));
    }

    /** By its form, without a look-up of any name. */
    static boolean isCidr(String text) {
        int slash = text.indexOf('/');
        if (slash <= 0) {
            return false;
        }
        String address = text.substring(0, slash);
        String bits = text.substring(slash + 1);
        if (!bits.matches("[0-9]{1,3}")) {
            return false;
        }
        int prefix = Integer.parseInt(bits);
        if (address.indexOf(':') >= 0) {
            return address.matches("[0-9a-fA-F:.]{2,45}") && prefix <= 128;
        }
        String octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
        return address.matches(octet + "(\\." + octet + "){3}") && prefix <= 32;
    }
}
