package org.isthmus.facades;

import java.util.List;
import java.util.function.Function;
import org.isthmus.api.Address;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.Snapshot;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Errors.WireError;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.Entities;
import org.isthmus.wire.Listing;

/** Where `juju ssh` finds machines and units. */
@Facade(name = "SSHClient", since = 4, until = 4)
final class SshClientFacade {
    record AddressResult(String address, WireError error) {}

    record AddressesResult(List<String> addresses, WireError error) {}

    record PublicKeysResult(List<String> publicKeys, WireError error) {}

    record ProxyResult(boolean useProxy) {}

    private static Machine machine(Call call, String tag) {
        Snapshot model = call.model().snapshot();
        Tag thing = Tag.parse(tag);
        Machine machine =
                switch (thing.kind()) {
                    case "machine" -> model.need(Kinds.MACHINE, thing.id());
                    case "unit" -> new Statuses(model).machineOf(model.need(Kinds.UNIT, thing.id()));
                    default -> throw Problem.notValid("\"%s\" is not a valid unit or machine tag", tag);
                };
        if (machine == null) {
            throw Problem.refuse(Code.NOT_ASSIGNED, "unit \"%s\" is not assigned to a machine", thing.id());
        }
        return machine;
    }

    private static Listing<AddressResult> addresses(Call call, Entities params, Function<Machine, String> which) {
        return new Listing<>(Items.read(
                params.entities(),
                e -> {
                    Machine machine = machine(call, e.tag());
                    String address = which.apply(machine);
                    if (address.isEmpty()) {
                        throw Problem.refuse(Code.NO_ADDRESS_SET, "no address for machine \"%s\"", machine.id());
                    }
                    return address;
                },
                AddressResult::new));
    }

    @Method(access = Access.MODEL_ADMIN)
    public Listing<AddressResult> publicAddress(Call call, Entities params) {
        return addresses(call, params, Wires::publicAddress);
    }

    @Method(access = Access.MODEL_ADMIN)
    public Listing<AddressResult> privateAddress(Call call, Entities params) {
        return addresses(call, params, Wires::privateAddress);
    }

    @Method(access = Access.MODEL_ADMIN)
    public Listing<AddressesResult> allAddresses(Call call, Entities params) {
        return new Listing<>(Items.read(
                params.entities(),
                e -> machine(call, e.tag()).addresses().stream()
                        .map(Address::value)
                        .toList(),
                AddressesResult::new));
    }

    /** No host keys are known: clients that check them must be told not to. */
    @Method(access = Access.MODEL_ADMIN)
    public Listing<PublicKeysResult> publicKeys(Call call, Entities params) {
        return new Listing<>(Items.read(
                params.entities(),
                e -> {
                    throw Problem.refuse(
                            Code.NOT_FOUND,
                            "keys for machine %s not found",
                            machine(call, e.tag()).id());
                },
                (Object none, WireError error) -> new PublicKeysResult(null, error)));
    }

    @Method(access = Access.MODEL_ADMIN)
    public ProxyResult proxy(Call call) {
        return new ProxyResult(false);
    }
}
