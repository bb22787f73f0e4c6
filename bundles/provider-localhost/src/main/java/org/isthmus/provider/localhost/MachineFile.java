package org.isthmus.provider.localhost;

import org.isthmus.api.Hardware;

/**
 * What a machine's folder says of it: the file `machine.json`.
 *
 * @param state `starting`, `running` or `stopping`
 * @param pid of the supervisor, 0 before it was started
 */
record MachineFile(
        String token,
        String machineId,
        String modelUuid,
        String controllerUuid,
        String name,
        String address,
        String state,
        long pid,
        String requestedBase,
        String base,
        Hardware hardware) {

    MachineFile withState(String newState, long newPid) {
        return new MachineFile(
                token,
                machineId,
                modelUuid,
                controllerUuid,
                name,
                address,
                newState,
                newPid,
                requestedBase,
                base,
                hardware);
    }
}
