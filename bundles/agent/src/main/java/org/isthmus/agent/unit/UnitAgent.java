package org.isthmus.agent.unit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.isthmus.agent.AgentLog;
import org.isthmus.agent.ControllerUnreachable;
import org.isthmus.agent.Folders;
import org.isthmus.agent.hook.HookContext;
import org.isthmus.agent.hook.HookMark;
import org.isthmus.agent.hook.HookRunner;
import org.isthmus.api.Code;
import org.isthmus.api.Refused;
import org.isthmus.wire.agent.AgentStatuses;
import org.isthmus.wire.agent.HookChanges;
import org.isthmus.wire.agent.HookCommitted;
import org.isthmus.wire.agent.UnitMemory;
import org.isthmus.wire.agent.UnitRemoteState;

/**
 * One unit's loop: hears of the model, asks the {@link Resolver} what is next, does it, remembers. Every step is remembered before
 * the next one; no hook starts while the controller is away.
 */
public final class UnitAgent implements Runnable {
    /**
     * How long the waiting times are; tests have shorter ones.
     *
     * @param patience how long a call, such as that of a running hook's tool, waits for the controller
     */
    public record Times(
            Duration firstRetry, Duration lastRetry, Duration idleAfter, Duration leaseRenewal, Duration patience) {
        public static final Times USUAL = new Times(
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofSeconds(3),
                Leadership.RENEWAL,
                UnitApi.PATIENCE);
    }

    /** Refusals of a commit that another try would get again: of what the hook wrote, not of the controller's state. */
    private static final Set<Code> FAULTS_OF_THE_HOOK =
            EnumSet.of(Code.NONE, Code.NOT_VALID, Code.NOT_LEADER, Code.QUOTA_LIMIT_EXCEEDED, Code.ALREADY_EXISTS);

    private final UnitApi api;
    private final Leadership leadership;
    private final HookRunner runner;
    private final AgentLog log;
    private final Path folder;
    private final UnitStore store;
    private final CharmFiles charm;
    private final Times times;
    private final String boot;
    private final SecureRandom random = new SecureRandom();
    private final RemoteWatch watch;
    private final Appointments appointments;

    private LocalState local = LocalState.fresh();
    private Map<String, String> charmState = Map.of();

    private volatile boolean stopped;
    private volatile boolean dead;

    /** Of the hook in the works; the next try is at the same time as that of a hook. */
    private boolean dropRefused;

    private String toldStatus = "";

    /**
     * @param folder of this unit; made if it is not there
     * @param boot which start of the host this is; null where it cannot be told
     */
    public UnitAgent(
            UnitApi api,
            Leadership leadership,
            HookRunner runner,
            AgentLog log,
            Path folder,
            ObjectMapper json,
            Times times,
            String boot) {
        this.api = api;
        this.leadership = leadership;
        this.runner = runner;
        this.log = log;
        this.folder = folder;
        this.store = new UnitStore(folder, json);
        this.charm = new CharmFiles(folder);
        this.times = times;
        this.boot = boot;
        this.watch = new RemoteWatch(api);
        this.appointments = new Appointments(times, random);
    }

    /** True once the unit is removed; its folder may go. */
    public boolean isDead() {
        return dead;
    }

    @Override
    public void run() {
        try {
            new HookMark(pidFile(folder)).killLeftOver();
            boolean loaded = false;
            while (!stopped && !dead) {
                try {
                    if (!loaded) {
                        load();
                        loaded = true;
                    }
                    watch.open();
                    step();
                } catch (ControllerUnreachable away) {
                    note("DEBUG", "the controller is away: " + away.getMessage());
                    watch.lose();
                } catch (Refused refused) {
                    if (refused.problem().code() == Code.NOT_FOUND && !loaded) {
                        throw refused;
                    }
                    note("WARNING", "the controller refused: " + refused.getMessage());
                    watch.lose();
                    watch.pause(times.firstRetry());
                } catch (IOException broken) {
                    note("ERROR", "cannot go on: " + broken);
                    watch.pause(times.firstRetry());
                }
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException bug) {
            note("ERROR", "the agent of this unit failed: " + bug);
            org.slf4j.LoggerFactory.getLogger(UnitAgent.class).error("unit {}", api.unit(), bug);
        } finally {
            watch.close();
        }
    }

    /** Ends the loop; the thread that runs it must be interrupted as well. */
    public void stop() {
        stopped = true;
        watch.stop();
    }

    /** Removes the folder of a unit that is no longer here, once the hook is ended that an agent which is gone left in it. */
    public static void removeLeftOver(Path folder) throws IOException {
        new HookMark(pidFile(folder)).killLeftOver();
        Folders.remove(folder);
    }

    private static Path pidFile(Path folder) {
        return folder.resolve("hook.pid");
    }

    private void load() throws IOException, InterruptedException {
        Files.createDirectories(folder);
        UnitMemory there = api.memory();
        local = store.load(there);
        charmState = there.charmState();
        appointments.begin();
        if (local.charmUrl() == null) {
            api.setStatus("waiting", "installing agent");
            api.setStatus("waiting", "agent initialising");
        }
        if (local.pending() == null || !local.pending().is(Pending.FAILED)) {
            tell("idle", "");
        } else {
            toldStatus = "error";
            appointments.retryAfter(local.pending().failures());
        }
    }

    // --- one step

    private void step() throws IOException, InterruptedException {
        RemoteWatch.Heard heard = watch.heard();
        UnitRemoteState seen = heard.state();
        api.trace(heard.cause());
        lead(seen);
        publishAddresses(seen);
        if (local.started() && !appointments.hasUpdateStatus()) {
            appointments.updateStatusAfter(seen.updateStatusSeconds());
        }
        boolean retryDue = appointments.isRetryDue();
        Signals signals = new Signals(
                leadership.belief(), retryDue, appointments.isUpdateStatusDue(), !dropRefused || retryDue, boot);
        LocalState absorbed = Resolver.absorb(local, seen, signals);
        if (!absorbed.equals(local)) {
            local = absorbed;
            store.save(local);
        }
        Operation operation = Resolver.next(local, seen, signals);
        if (operation instanceof Operation.Wait) {
            rest(heard);
        } else {
            perform(operation, seen);
        }
    }

    private void perform(Operation operation, UnitRemoteState seen) throws IOException, InterruptedException {
        if (operation instanceof Operation.SwapCharm swap) {
            swapCharm(swap.url(), seen);
        } else if (operation instanceof Operation.Run run) {
            run(run.hook(), seen);
        } else if (operation instanceof Operation.Skip skip) {
            note("INFO", "hook \"" + skip.hook().name() + "\" skipped, as the operator said");
            boolean skipped = commit(local.after(skip.hook()), null, skip.hook(), null, null);
            api.clearResolved();
            watch.lose();
            if (skipped) {
                tell("idle", "");
            }
        } else if (operation instanceof Operation.Drop drop) {
            note("INFO", "hook \"" + drop.hook().name() + "\" dropped, its relation is gone");
            boolean dropped = commit(local.after(drop.hook()), null, drop.hook(), null, null);
            dropRefused = !dropped;
            if (seen.resolved() != null) {
                api.clearResolved();
                watch.lose();
            }
            if (dropped) {
                tell("idle", "");
            }
        } else if (operation instanceof Operation.Commit commit) {
            finishCommit(commit.pending());
        } else if (operation instanceof Operation.EnterScope enter) {
            enterScope(enter.relation(), seen);
        } else if (operation instanceof Operation.LeaveScope leave) {
            api.leaveScope(leave.relation());
            local = local.withoutRelation(leave.relation());
            store.save(local);
        } else if (operation instanceof Operation.Die) {
            api.ensureDead();
            dead = true;
        }
    }

    /** Nothing to do: says so after a while, and waits for news or for the next appointment. */
    private void rest(RemoteWatch.Heard heard) throws InterruptedException {
        boolean failed = local.pending() != null;
        boolean sayIdle = !failed && !toldStatus.equals("idle");
        if (sayIdle && appointments.isIdleDue()) {
            tell("idle", "");
            return;
        }
        boolean alive = heard.state().life().equals("alive");
        watch.await(heard.changes(), appointments.next(failed, sayIdle, alive));
    }

    private void lead(UnitRemoteState seen) throws InterruptedException {
        boolean alive = seen.life().equals("alive");
        boolean vacant = alive && seen.leader() == null && !Boolean.TRUE.equals(leadership.belief());
        if (appointments.isClaimDue(vacant)) {
            long asked = appointments.claiming();
            if (alive) {
                leadership.claim();
            }
            appointments.claimed(asked);
        }
    }

    private void publishAddresses(UnitRemoteState seen) throws IOException, InterruptedException {
        String address = seen.privateAddress();
        // Which of the two is shown in which relation the controller knows.
        String both = address + " " + seen.publicAddress();
        if (address == null || both.equals(local.addresses())) {
            return;
        }
        // Only what changed is told: the charm may have written an address of its own over it.
        if (local.addresses() != null && !local.relations().isEmpty()) {
            api.updateAddresses(addressSettings(address));
        }
        local = local.withAddresses(both);
        store.save(local);
    }

    private static Map<String, String> addressSettings(String address) {
        Map<String, String> settings = new TreeMap<>();
        if (address != null) {
            settings.put("private-address", address);
            settings.put("ingress-address", address);
            settings.put("egress-subnets", address + (address.contains(":") ? "/128" : "/32"));
        }
        return settings;
    }

    private void enterScope(int id, UnitRemoteState seen) throws IOException, InterruptedException {
        UnitRemoteState.RelationState relation = seen.relations().stream()
                .filter(each -> each.id() == id)
                .findFirst()
                .orElseThrow();
        try {
            api.enterScope(id, addressSettings(seen.privateAddress()));
        } catch (Refused refused) {
            Code code = refused.problem().code();
            if (code == Code.CANNOT_ENTER_SCOPE || code == Code.NOT_FOUND) {
                // It began to die since: the next state of the model says so.
                watch.lose();
                watch.pause(Duration.ofMillis(200));
                return;
            }
            if (code == Code.CANNOT_ENTER_SCOPE_YET) {
                watch.lose();
                watch.pause(Duration.ofSeconds(2));
                return;
            }
            throw refused;
        }
        local = local.withRelation(
                id,
                new LocalRelation(
                        relation.endpoint(),
                        relation.remoteApplication(),
                        relation.peer(),
                        relation.hooks(),
                        false,
                        null,
                        null,
                        0));
        store.save(local);
    }

    private void swapCharm(String url, UnitRemoteState seen) throws IOException, InterruptedException {
        HookInfo swap = HookInfo.of(HookInfo.SWAP_CHARM, url);
        if (!local.installed()) {
            api.setStatus("maintenance", "installing charm software");
        }
        tell("executing", local.charmUrl() == null ? "installing charm" : "upgrading charm");
        unpackCharm(seen);
        commit(local.after(swap), url, swap, null, null);
    }

    private void unpackCharm(UnitRemoteState seen) throws IOException, InterruptedException {
        Path archive = folder.resolve("charm.zip");
        try {
            api.downloadCharm(archive);
            charm.put(archive, seen.charmSha256());
        } finally {
            Files.deleteIfExists(archive);
        }
    }

    /** A charm that somebody took away is no charm without hooks: it is fetched again, or its next hook fails. */
    private void needCharm(UnitRemoteState seen) throws InterruptedException {
        if (charm.isThere()) {
            return;
        }
        if (!local.charmUrl().equals(seen.charmUrl())) {
            note(
                    "ERROR",
                    "the charm's folder is gone, and " + local.charmUrl() + " is no longer the application's charm");
            return;
        }
        try {
            Files.createDirectories(folder);
            unpackCharm(seen);
            note("WARNING", "the charm's folder was gone: " + local.charmUrl() + " is unpacked again");
        } catch (ControllerUnreachable later) {
            throw later;
        } catch (IOException | Refused notThere) {
            note("ERROR", "the charm's folder is gone and cannot be unpacked again: " + notThere.getMessage());
        }
    }

    // --- hooks

    private void run(HookInfo hook, UnitRemoteState seen) throws IOException, InterruptedException {
        if (hook.kind().equals("update-status")) {
            // Time is its cause.
            api.trace(null);
        }
        boolean retried = local.pending() != null && local.pending().is(Pending.FAILED);
        int failures = local.pending() == null ? 0 : local.pending().failures();
        boolean resolved = retried && "retry-hooks".equals(seen.resolved());
        HookContext context = new HookContext(
                hook,
                api,
                leadership,
                seen,
                HookView.relations(local, hook, seen),
                charm::bindings,
                charmState,
                random);
        HookRunner.Outcome outcome = runner.run(context, charm.folder(), pidFile(folder), () -> {
            needCharm(seen);
            // The first word goes to the controller: no hook starts without it.
            if (resolved) {
                api.clearResolved();
            }
            announce(hook);
            if (!hook.kind().equals("update-status") || retried) {
                tell("executing", "running " + hook.name() + " hook");
            } else if (!api.isUp()) {
                throw new ControllerUnreachable("no connection", null);
            }
            local = local.withPending(new Pending(hook, Pending.RUNNING, failures, null));
            store.save(local);
        });
        if (resolved) {
            // What is known of `resolved` is old now.
            watch.lose();
        }
        if (context.isStatusSet() && !local.statusSet()) {
            local = local.withStatusSet(true);
        }
        appointments.idleSoon();
        switch (outcome) {
            case DONE, MISSING -> {
                if (outcome == HookRunner.Outcome.MISSING) {
                    note("DEBUG", "no \"" + hook.name() + "\" hook");
                } else {
                    note(
                            "INFO",
                            "ran \"" + hook.name() + "\" hook" + (api.trace() == null ? "" : ", trace " + api.trace()));
                }
                succeeded(hook, context);
            }
            case INTERRUPTED -> {
                note("WARNING", "hook \"" + hook.name() + "\" was cut off and will be run again");
                store.save(local);
                watch.pause(Duration.ofMillis(500));
            }
            case FAILED -> failed(hook, failures + 1, seen);
            default -> throw new IllegalStateException();
        }
        if (hook.kind().equals("update-status")) {
            appointments.updateStatusAfter(seen.updateStatusSeconds());
        }
    }

    private void announce(HookInfo hook) throws InterruptedException {
        switch (hook.kind()) {
            case "stop" -> api.setStatus("maintenance", "stopping charm software");
            case "remove" -> api.setStatus("maintenance", "cleaning up prior to charm deletion");
            default -> {}
        }
    }

    private void succeeded(HookInfo hook, HookContext context) throws IOException, InterruptedException {
        LocalState after = local.after(hook);
        AgentStatuses.Item workload = null;
        if (hook.kind().equals("start") && !local.statusSet()) {
            workload = new AgentStatuses.Item(null, "unknown", "", null);
        } else if (hook.kind().equals("remove")) {
            workload = new AgentStatuses.Item(null, "terminated", "", null);
        }
        commit(after, null, hook, context, workload);
    }

    /**
     * Remembers the commit here first, so that it is repeated as it was after a crash of this agent; then there, durably. False
     * where it was refused, which fails the hook.
     */
    private boolean commit(
            LocalState after, String charmUrl, HookInfo hook, HookContext context, AgentStatuses.Item workload)
            throws IOException, InterruptedException {
        LocalState done = after.withPending(null).withSequence(local.sequence() + 1);
        String tag = org.isthmus.api.Tag.unit(api.unit()).toString();
        HookChanges what = new HookChanges(
                tag,
                done.sequence(),
                store.text(done),
                store.changed(done),
                context == null ? null : context.changedState(),
                context == null ? null : context.unitWrites(),
                context == null ? null : context.applicationWrites(),
                context == null ? null : context.opened(),
                context == null ? null : context.closed(),
                charmUrl,
                hook.kind().equals("relation-broken") ? hook.relation() : null,
                workload == null ? null : new AgentStatuses.Item(tag, workload.status(), workload.info(), null),
                null);
        // A hook that runs well and is refused each time has failed as often.
        int failures = local.pending() == null ? 0 : local.pending().failures();
        local = local.withPending(new Pending(hook, Pending.COMMITTING, failures, what));
        store.save(local);
        return finishCommit(local.pending());
    }

    private boolean finishCommit(Pending pending) throws IOException, InterruptedException {
        HookCommitted committed;
        try {
            committed = api.commit(pending.changes());
        } catch (Refused refused) {
            if (!FAULTS_OF_THE_HOOK.contains(refused.problem().code())) {
                // The controller cannot take it now: the commit is repeated until it can.
                throw refused;
            }
            // What the hook did is not allowed: for the charm it is as if the hook had failed.
            note("ERROR", "cannot commit hook \"" + pending.hook().name() + "\": " + refused.getMessage());
            failed(pending.hook(), pending.failures() + 1, null);
            return false;
        }
        store.committed(pending.changes().relationStates());
        if (pending.changes().charmState() != null) {
            charmState = pending.changes().charmState();
        }
        local = local.after(pending.hook())
                .withPending(null)
                .withSequence(pending.changes().sequence())
                .withOwnSettings(committed.applications());
        store.save(local);
        dropRefused = false;
        return true;
    }

    private void failed(HookInfo hook, int failures, UnitRemoteState seen) throws IOException, InterruptedException {
        local = local.withPending(new Pending(hook, Pending.FAILED, failures, null));
        store.save(local);
        appointments.retryAfter(local.pending().failures());
        String message = "hook failed: \"" + hook.name() + "\""
                + (hook.isRelation()
                        ? " for " + hook.remoteApplication() + ":" + HookView.remoteEndpoint(hook, seen)
                        : "");
        note("ERROR", message);
        Map<String, Object> data = new TreeMap<>();
        data.put("hook", hook.name());
        if (hook.isRelation()) {
            data.put("relation-id", hook.relation());
            if (hook.remoteUnit() != null) {
                data.put("remote-unit", hook.remoteUnit());
            }
        }
        api.agentStatus("error", message, data);
        toldStatus = "error";
    }

    private void tell(String status, String message) throws InterruptedException {
        api.agentStatus(status, message, null);
        toldStatus = status;
    }

    private void note(String level, String message) {
        log.unit(api.unit(), level, "agent.uniter", message);
    }
}
