package org.isthmus.provider.localhost;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.isthmus.api.Problem;
import org.isthmus.spi.CloudProvider;

/**
 * The cloud that is this host: a machine is a folder, a group of processes and an address of its own. Needs no root; as root,
 * charms may use real ports, and processes are held by control groups.
 */
final class LocalhostProvider implements CloudProvider {
    static final String TYPE = "localhost";

    private final MachineStore machines;
    private final Executor executor;
    /** Starts under way, by token, for all clouds of this provider: a second start joins the first. */
    private final Map<String, CompletableFuture<Instance>> starting = new ConcurrentHashMap<>();

    /**
     * @param home of the distribution: agent and charms
     * @param base of this installation: its folder `machines` is ours
     * @param addresses folder of address claims, the same for everybody on this host
     * @param executor for what blocks
     */
    LocalhostProvider(Path home, Path base, Path addresses, Path cgroups, Executor executor) {
        this.machines = new MachineStore(
                home,
                base,
                new LoopbackAddresses(addresses),
                new MachineProcesses(cgroups, Path.of("/proc")),
                HostFacts.detect(base));
        this.executor = executor;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, List<CredentialAttribute>> credentialSchemas() {
        return Map.of("empty", List.of());
    }

    @Override
    public List<Region> defaultRegions() {
        return List.of(new Region(TYPE, ""));
    }

    @Override
    public Cloud open(CloudSpec spec) {
        if (spec.authType() != null
                && !spec.authType().isEmpty()
                && !spec.authType().equals("empty")) {
            throw Problem.notValid("auth-type \"%s\" not supported", spec.authType());
        }
        return new LocalhostCloud(spec, machines, starting, executor);
    }
}
