package org.isthmus.facades;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Base;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.StatusValue;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.CloudCalls;
import org.isthmus.wire.Entities;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.Listing;
import org.isthmus.wire.MachineCalls;
import org.isthmus.wire.MachineCalls.*;
import org.isthmus.wire.WireBase;

/** Machines by themselves. */
@Facade(name = "MachineManager", since = 9, until = 10)
final class MachineManagerFacade {

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<AddedMachines> addMachines(Call call, MachineCalls.AddMachines params) {
        return Items.<MachineCalls.AddMachine, String, AddedMachine>each(
                        call,
                        Items.few(ApplicationEngine.MOST_AT_A_TIME, params.params()),
                        MachineManagerFacade::add,
                        (id, error) -> new AddedMachine(id == null ? "" : id, error))
                .thenApply(AddedMachines::new);
    }

    private static CompletionStage<String> add(Call call, MachineCalls.AddMachine wire) {
        ApplicationEngine.Placement placement = Wires.placement(wire.placement());
        if (placement == null
                && wire.containerType() != null
                && !wire.containerType().isEmpty()) {
            placement = new ApplicationEngine.Placement(wire.containerType(), Wires.orEmpty(wire.parentId()));
        }
        ModelRecord model = call.model().snapshot().model();
        Base base = WireBase.base(wire.base());
        if (base == null) {
            Object fallback = model.config().get("default-base");
            base = fallback == null || !fallback.toString().contains("@")
                    ? new Base("ubuntu", "22.04")
                    : Base.parse(fallback.toString());
        }
        var add = new ApplicationEngine.AddMachine(base, Wires.constraints(wire.constraints()), placement, call.now());
        return call.controller()
                .applications()
                .call(engine -> call.submit(String.class, tx -> engine.addMachine(tx, add)));
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<Listing<DestroyedResult>> destroyMachineWithParams(Call call, DestroyMachines params) {
        return Items.each(
                        call,
                        params.machineTags(),
                        (each, tag) -> {
                            String id = Tag.idOf("machine", tag);
                            return Deployments.both(
                                    each,
                                    (applications, relations) -> each.submit(DestroyedMachine.class, tx -> {
                                        Force force = Wires.force(params.force(), params.maxWait(), call);
                                        var gone = applications.destroyMachine(
                                                tx, id, force, params.keep(), params.dryRun(), call.now());
                                        if (force.isDue(call.now()) && !params.dryRun()) {
                                            gone.units().forEach(u -> relations.forceOut(tx, u));
                                        }
                                        return destroyed(id, gone);
                                    }));
                        },
                        (info, error) -> new DestroyedResult(info, error))
                .thenApply(Listing::new);
    }

    private static DestroyedMachine destroyed(String id, ApplicationEngine.Removal gone) {
        List<DestroyedResult> containers = new ArrayList<>();
        for (String machine : gone.machines() == null ? List.<String>of() : gone.machines()) {
            if (!machine.equals(id)) {
                containers.add(new DestroyedResult(
                        new DestroyedMachine(machine, List.of(), List.of(), List.of(), List.of()), null));
            }
        }
        return new DestroyedMachine(
                id,
                gone.units().stream()
                        .map(u -> new Entities.Entity(Tag.unit(u).toString()))
                        .toList(),
                List.of(),
                List.of(),
                containers);
    }

    /** The provisioner takes up again what failed. */
    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<ErrorResults> retryProvisioning(Call call, Retry params) {
        if (params.all()) {
            return retryAll(call);
        }
        return Items.errors(call, params.machines() == null ? List.of() : params.machines(), (each, tag) -> {
            String id = Tag.idOf("machine", tag);
            return each.controller()
                    .applications()
                    .call(engine -> each.submit(tx -> {
                        if (!failed(tx.need(Kinds.MACHINE, id))) {
                            throw Problem.refuse(Code.NONE, "machine %s is not in an error state", id);
                        }
                        engine.setInstanceStatus(tx, id, new StatusValue("pending", "", call.now()));
                        return null;
                    }));
        });
    }

    private static CompletionStage<ErrorResults> retryAll(Call call) {
        return call.controller()
                .applications()
                .call(engine -> call.submit(ErrorResults.class, tx -> {
                    List<ErrorResults.ErrorResult> retried = new ArrayList<>();
                    for (Machine machine : tx.now().listBy(Kinds.MACHINES_PENDING, "pending")) {
                        if (failed(machine)) {
                            engine.setInstanceStatus(tx, machine.id(), new StatusValue("pending", "", call.now()));
                            retried.add(new ErrorResults.ErrorResult(null));
                        }
                    }
                    return new ErrorResults(retried);
                }));
    }

    private static boolean failed(Machine machine) {
        String status =
                machine.instanceStatus() == null ? "" : machine.instanceStatus().status();
        return status.equals("provisioning error") || status.equals("error");
    }

    @Method(access = Access.MODEL_READ)
    public Listing<CloudCalls.InstanceTypes> instanceTypes(Call call, CloudCalls.InstanceTypesQuery params) {
        return new Listing<>(params.constraints().stream()
                .map(c -> new CloudCalls.InstanceTypes(List.of(), null, null, null))
                .toList());
    }
}
