package org.isthmus.provider.localhost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.isthmus.api.Constraints;
import org.isthmus.api.Problem;
import org.isthmus.spi.CloudProvider.Cloud;
import org.isthmus.spi.CloudProvider.CloudSpec;
import org.isthmus.spi.CloudProvider.Firewall;
import org.isthmus.spi.CloudProvider.Instance;
import org.isthmus.spi.CloudProvider.StartRequest;

/** This host as the cloud of one model. */
final class LocalhostCloud implements Cloud {
    private final CloudSpec spec;
    private final MachineStore machines;
    private final Map<String, CompletableFuture<Instance>> starting;
    private final Executor executor;

    LocalhostCloud(
            CloudSpec spec,
            MachineStore machines,
            Map<String, CompletableFuture<Instance>> starting,
            Executor executor) {
        this.spec = spec;
        this.machines = machines;
        this.starting = starting;
        this.executor = executor;
    }

    @Override
    public List<String> precheck(Constraints constraints, String placement) {
        zone(constraints, placement);
        HostFacts host = machines.host();
        String arch = constraints.text("arch");
        if (arch != null && !arch.equals(host.arch())) {
            throw Problem.notValid("invalid constraint value: arch=%s\nvalid values are: %s", arch, host.arch());
        }
        String type = constraints.text("instance-type");
        if (type != null) {
            throw Problem.notValid(
                    "invalid constraint value: instance-type=%s\nvalid values are: none on this cloud", type);
        }
        List<String> warnings = new ArrayList<>();
        TreeSet<String> ignored = new TreeSet<>(constraints.values().keySet());
        ignored.removeIf(key -> constraints.text(key) == null
                || List.of("arch", "zones", "mem", "cores", "root-disk").contains(key));
        if (!ignored.isEmpty()) {
            warnings.add("unsupported constraints: " + String.join(",", ignored));
        }
        cap(warnings, "mem", constraints.number("mem"), host.mem(), "M");
        cap(warnings, "cores", constraints.number("cores"), host.cores(), "");
        cap(warnings, "root-disk", constraints.number("root-disk"), host.disk(), "M");
        return warnings;
    }

    private static void cap(List<String> warnings, String key, Long wanted, long has, String unit) {
        if (wanted != null && has > 0 && wanted > has) {
            warnings.add(key + "=" + wanted + unit + " is a cap on this cloud: the host has " + has + unit);
        }
    }

    /** The zone that placement or constraints ask for; refuses one that is not here. */
    private String zone(Constraints constraints, String placement) {
        List<String> zones = zones();
        if (placement != null && !placement.isEmpty()) {
            if (!placement.startsWith("zone=")) {
                throw Problem.notValid("unknown placement directive: %s", placement);
            }
            String zone = placement.substring("zone=".length());
            if (!zones.contains(zone)) {
                throw Problem.notValid("availability zone \"%s\" not valid", zone);
            }
            return zone;
        }
        List<String> wanted = constraints.list("zones");
        if (wanted.isEmpty()) {
            return zones.get(0);
        }
        for (String zone : wanted) {
            if (zones.contains(zone)) {
                return zone;
            }
        }
        throw Problem.notValid(
                "no availability zone of this region (%s) matches constraint zones=%s",
                String.join(",", zones), String.join(",", wanted));
    }

    @Override
    public CompletionStage<Instance> start(StartRequest request, Progress progress) {
        CompletableFuture<Instance> mine = new CompletableFuture<>();
        CompletableFuture<Instance> first = starting.putIfAbsent(request.token(), mine);
        if (first != null) {
            return first.copy();
        }
        mine.whenComplete((instance, failure) -> starting.remove(request.token(), mine));
        run(mine, () -> {
            for (String warning : precheck(request.constraints(), request.placement())) {
                progress.report("allocating", warning);
            }
            String zone = zone(request.constraints(), request.placement());
            return machines.start(spec, request, zone, progress);
        });
        return mine.copy();
    }

    @Override
    public CompletionStage<Void> stop(Collection<String> instanceIds) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        List<String> ids = List.copyOf(instanceIds);
        run(done, () -> {
            IOException failed = null;
            for (String id : ids) {
                try {
                    machines.stop(spec.modelUuid(), id);
                } catch (IOException notStopped) {
                    failed = notStopped;
                }
            }
            if (failed != null) {
                throw failed;
            }
            return null;
        });
        return done;
    }

    @Override
    public CompletionStage<List<Instance>> list() {
        CompletableFuture<List<Instance>> done = new CompletableFuture<>();
        run(done, () -> machines.list(spec.modelUuid()));
        return done;
    }

    private <R> void run(CompletableFuture<R> result, Callable<R> work) {
        try {
            executor.execute(() -> {
                try {
                    result.complete(work.call());
                } catch (IOException failure) {
                    result.completeExceptionally(new UncheckedIOException(failure));
                } catch (Throwable failure) {
                    result.completeExceptionally(failure);
                }
            });
        } catch (java.util.concurrent.RejectedExecutionException closed) {
            result.completeExceptionally(closed);
        }
    }

    /** A region `us-east-1` has the zone `us-east-1a`. */
    @Override
    public List<String> zones() {
        String region = spec.region() == null || spec.region().isEmpty() ? LocalhostProvider.TYPE : spec.region();
        return List.of(region.equals(LocalhostProvider.TYPE) ? region : region + "a");
    }

    @Override
    public Optional<Firewall> firewall() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // Holds nothing: folders and processes are the machines' own.
    }
}
