package org.isthmus.facades;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Errors.WireError;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.Entities;
import org.isthmus.wire.Listing;

/** Networks as far as there are any: one space, no subnets. */
final class NetworkFacades {
    private static final String ALPHA_ID = "0";

    private NetworkFacades() {}

    record Space(String id, String name, List<Object> subnets, WireError error) {}

    record ShownSpace(Space space, List<String> applications, int machineCount, WireError error) {}

    /** The facade Spaces. */
    @Facade(name = "Spaces", since = 6, until = 6)
    static final class Spaces {
        @Method(access = Access.MODEL_READ)
        public Listing<Space> listSpaces(Call call) {
            return new Listing<>(List.of(new Space(ALPHA_ID, Wires.ALPHA, List.of(), null)));
        }

        @Method(access = Access.MODEL_READ)
        public Listing<ShownSpace> showSpace(Call call, Entities params) {
            return new Listing<>(Items.read(
                    params.entities(),
                    e -> {
                        String name = org.isthmus.api.Tag.idOf("space", e.tag());
                        if (!name.equals(Wires.ALPHA)) {
                            throw Problem.notFound("space", name);
                        }
                        return new Space(ALPHA_ID, Wires.ALPHA, List.of(), null);
                    },
                    (space, error) -> new ShownSpace(space, List.of(), 0, error)));
        }

        @Method(access = Access.MODEL_WRITE, mutates = true)
        public Object reloadSpaces(Call call) {
            return null;
        }

        @Method(access = Access.MODEL_WRITE, mutates = true)
        public Object createSpaces(Call call, JsonNode params) {
            throw Problem.refuse(Code.NOT_SUPPORTED, "spaces are not supported on this cloud");
        }
    }

    /** The facade Subnets. */
    @Facade(name = "Subnets", since = 5, until = 5)
    static final class Subnets {
        @Method(access = Access.MODEL_READ)
        public Listing<Object> listSubnets(Call call, JsonNode params) {
            return new Listing<>(List.of());
        }

        @Method(access = Access.MODEL_READ)
        public Listing<Object> allZones(Call call) {
            return new Listing<>(List.of());
        }

        @Method(access = Access.MODEL_READ, name = "SubnetsByCIDR")
        public Listing<Map<String, List<Object>>> subnetsByCidr(Call call, Cidrs params) {
            return new Listing<>(
                    params.cidrs() == null
                            ? List.of()
                            : params.cidrs().stream()
                                    .map(c -> Map.<String, List<Object>>of("subnets", List.of()))
                                    .toList());
        }
    }

    record Cidrs(List<String> cidrs) {}
}
