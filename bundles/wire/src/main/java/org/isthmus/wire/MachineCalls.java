package org.isthmus.wire;

import java.util.List;
import java.util.Map;
import org.isthmus.rpc.Errors.WireError;

/** Parameters and results of the facade MachineManager. */
public interface MachineCalls {
    record AddMachines(List<AddMachine> params) {
        public AddMachines {
            params = params == null ? List.of() : params;
        }
    }

    record AddMachine(
            WireBase base,
            Map<String, Object> constraints,
            List<String> jobs,
            ApplicationCalls.Placement placement,
            String parentId,
            String containerType) {}

    record AddedMachine(String machine, WireError error) {}

    record AddedMachines(List<AddedMachine> machines) {}

    record DestroyMachines(List<String> machineTags, boolean force, boolean keep, boolean dryRun, Long maxWait) {
        public DestroyMachines {
            machineTags = machineTags == null ? List.of() : machineTags;
        }
    }

    record DestroyedMachine(
            String machineId,
            List<Entities.Entity> destroyedUnits,
            List<Entities.Entity> detachedStorage,
            List<Entities.Entity> destroyedStorage,
            List<DestroyedResult> destroyedContainers) {}

    record DestroyedResult(DestroyedMachine info, WireError error) {}

    record Retry(List<String> machines, boolean all) {}
}
