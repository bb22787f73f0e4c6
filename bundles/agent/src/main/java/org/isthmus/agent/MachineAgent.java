package org.isthmus.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.isthmus.agent.hook.HookRunner;
import org.isthmus.agent.hook.ToolServer;
import org.isthmus.agent.unit.Leadership;
import org.isthmus.agent.unit.UnitAgent;
import org.isthmus.agent.unit.UnitApi;
import org.isthmus.api.Address;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.rpc.Errors;
import org.isthmus.rpc.Json;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.agent.AgentPasswords;
import org.isthmus.wire.agent.AgentStatuses;
import org.isthmus.wire.agent.AgentTag;
import org.isthmus.wire.agent.MachineFacts;
import org.isthmus.wire.agent.MachineState;
import org.isthmus.wire.agent.MachineStateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's part: tells the controller of the machine, runs an agent for each unit that belongs here, and ends when the
 * machine is gone from the model.
 */
public final class MachineAgent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MachineAgent.class);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration FOREVER = Duration.ofDays(365);
    private static final int PASSWORD_BYTES = 18;
    private static final Duration UNIT_PAUSE = Duration.ofSeconds(5);
    /** Begins the names of units' folders, which are their tags. */
    private static final String UNIT_FOLDER = "unit-";

    private final AgentConf conf;
    private final ControllerLink link;
    private final UnitAgent.Times times;
    private final String boot;
    private final ObjectMapper wire = Json.newMapper();
    private final ObjectMapper own = AgentJson.mapper();
    private final SecureRandom random = new SecureRandom();
    private final AgentLog log;
    private final ToolServer tools;
    private final HookRunner runner;
    private final AgentApi api;
    private final Path units;
    private final Map<String, Running> running = new HashMap<>();
    private boolean swept;
    private volatile boolean closing;

    // Under this object's lock.
    private MachineState state;
    private long changes;
    private boolean watchLost = true;
    private AgentApi.Watching<MachineStateResult> watching;

    /** A unit's agent and its thread. */
    private record Running(UnitAgent agent, AgentApi api, Thread thread) {}

    public MachineAgent(AgentConf conf, ControllerLink link, UnitAgent.Times times) throws IOException {
        this(conf, link, times, HostFacts.BOOT);
    }

    /** @param boot the file that says which start of the host this is */
    MachineAgent(AgentConf conf, ControllerLink link, UnitAgent.Times times, Path boot) throws IOException {
        this.conf = conf;
        this.link = link;
        this.times = times;
        this.boot = HostFacts.boot(boot);
        this.log = new AgentLog(conf.tag());
        this.tools = new ToolServer(own, log);
        Path toolFolder = conf.machineDir().resolve("tools");
        ToolServer.install(toolFolder);
        this.runner = new HookRunner(conf, tools, log, toolFolder);
        this.api = new AgentApi(link, wire, conf.tag(), null, null);
        this.units = conf.machineDir().resolve("agents");
        Files.createDirectories(units);
        log.to(batch -> {
            if (!link.isUp()) {
                return false;
            }
            try {
                AgentApi.join(
                        link.request(link.await(Duration.ofMillis(1)), "Logger", 1, "", "Append", batch), PATIENCE);
                return true;
            } catch (ControllerUnreachable | Refused later) {
                return false;
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
    }

    /** Runs until the machine is dead (true) or the agent is closed (false). */
    public boolean run() throws InterruptedException {
        boolean told = false;
        while (!closing) {
            try {
                watch();
                if (!told) {
                    introduce();
                    told = true;
                }
                MachineState seen;
                long seenChanges;
                synchronized (this) {
                    seen = state;
                    seenChanges = changes;
                }
                deploy(seen);
                boolean empty = seen.units().isEmpty() && running.isEmpty();
                if (seen.life().equals("dead") || !seen.life().equals("alive") && empty) {
                    api.call("Machiner", 5, "EnsureDead", new AgentTag(conf.tag()), Void.class, PATIENCE);
                    LOG.info("machine {} is dead", conf.tag());
                    return true;
                }
                synchronized (this) {
                    if (changes == seenChanges && !closing) {
                        TimeUnit.MILLISECONDS.timedWait(this, 1000);
                    }
                }
            } catch (ControllerUnreachable away) {
                LOG.debug("the controller is away: {}", away.getMessage());
                lose();
            } catch (Refused refused) {
                LOG.warn("the controller refused: {}", refused.getMessage());
                lose();
                pause(UNIT_PAUSE);
            } catch (IOException broken) {
                LOG.error("cannot go on", broken);
                pause(UNIT_PAUSE);
            }
        }
        return false;
    }

    private void introduce() throws InterruptedException {
        HostFacts facts = HostFacts.read();
        List<Address> addresses = conf.address() == null
                ? List.of()
                : List.of(new Address(conf.address(), conf.address().contains(":") ? "ipv6" : "ipv4", "local-cloud"));
        api.call(
                "Machiner",
                5,
                "Report",
                new MachineFacts(
                        conf.tag(), facts.hostname(), addresses, facts.hardware(), facts.base(), conf.agentVersion()),
                Void.class,
                PATIENCE);
        api.callOne(
                "Machiner",
                5,
                "SetStatus",
                new AgentStatuses(List.of(new AgentStatuses.Item(conf.tag(), "started", "", null))),
                PATIENCE);
        log.line(conf.tag(), "INFO", "agent", "machine agent " + conf.agentVersion() + " started");
    }

    // --- hearing of the model

    private void watch() throws InterruptedException {
        synchronized (this) {
            if (!watchLost) {
                return;
            }
        }
        long connection = link.await(FOREVER);
        if (watching != null) {
            watching.stop();
        }
        AgentApi.Watching<MachineStateResult> fresh = api.watch(
                connection,
                "Deployer",
                1,
                "WatchMachine",
                new AgentTag(conf.tag()),
                "MachineStateWatcher",
                MachineStateResult.class);
        synchronized (this) {
            watching = fresh;
            state = heard(fresh.initial());
            watchLost = false;
            changes++;
        }
        hear(fresh);
    }

    private void hear(AgentApi.Watching<MachineStateResult> on) {
        on.next().whenComplete((result, failure) -> {
            synchronized (this) {
                if (watching != on) {
                    return;
                }
                changes++;
                if (failure != null) {
                    watchLost = true;
                } else {
                    state = heard(result);
                    watchLost = state.rewatch();
                }
                notifyAll();
                if (watchLost) {
                    return;
                }
            }
            hear(on);
        });
    }

    private MachineState heard(MachineStateResult result) {
        if (result.trace() != null) {
            api.trace(result.trace());
        }
        return result.state();
    }

    private synchronized void lose() {
        watchLost = true;
    }

    private synchronized void pause(Duration limit) throws InterruptedException {
        if (!closing) {
            TimeUnit.NANOSECONDS.timedWait(this, limit.toNanos());
        }
    }

    // --- units

    private void deploy(MachineState seen) throws IOException, InterruptedException {
        List<String> wanted =
                seen.units().stream().map(MachineState.Deployed::unit).toList();
        if (!swept) {
            swept = true;
            sweep(wanted);
        }
        for (String unit : wanted) {
            if (!running.containsKey(unit)) {
                start(unit);
            }
        }
        for (String unit : new ArrayList<>(running.keySet())) {
            Running agent = running.get(unit);
            if (!wanted.contains(unit)) {
                // Perhaps without having died: the operator forced it away.
                stop(agent);
                running.remove(unit);
                removeFolder(unit);
            } else if (!agent.thread().isAlive() && !(agent.agent().isDead() && isGoing(seen, unit))) {
                running.remove(unit);
            }
        }
    }

    /** Units that were forced away while no agent was here left their folders, and perhaps a hook that still runs. */
    private void sweep(List<String> wanted) throws IOException {
        List<Path> left;
        try (Stream<Path> all = Files.list(units)) {
            left = all.filter(folder -> folder.getFileName().toString().startsWith(UNIT_FOLDER))
                    .filter(folder ->
                            wanted.stream().noneMatch(unit -> folder(unit).equals(folder)))
                    .toList();
        }
        for (Path folder : left) {
            try {
                UnitAgent.removeLeftOver(folder);
                log.line(conf.tag(), "INFO", "agent.deployer", "removed what was left of " + folder.getFileName());
            } catch (IOException | RuntimeException inTheWay) {
                // It costs room on the disk; the units that are here are worth more.
                LOG.warn("{} cannot be removed", folder, inTheWay);
            }
        }
    }

    /** What is known of a unit that has just died is a moment old: it is not started anew for that. */
    private static boolean isGoing(MachineState seen, String unit) {
        return seen.units().stream().anyMatch(each -> each.unit().equals(unit) && !"alive".equals(each.life()));
    }

    private Path folder(String unit) {
        return units.resolve(Tag.unit(unit).toString());
    }

    private void removeFolder(String unit) throws IOException {
        Folders.remove(folder(unit));
    }

    private void start(String unit) throws IOException {
        Path folder = folder(unit);
        Path passwordFile = folder.resolve("password");
        if (!Files.exists(passwordFile)) {
            byte[] secret = new byte[PASSWORD_BYTES];
            random.nextBytes(secret);
            // Here first: a password that only the controller knows would be of no use.
            DurableFile.write(
                    passwordFile, Base64.getEncoder().encodeToString(secret).getBytes(StandardCharsets.US_ASCII));
        }
        String password = Files.readString(passwordFile);
        String tag = Tag.unit(unit).toString();
        AgentApi unitApi = new AgentApi(link, wire, tag, password, connection -> {
            ErrorResults results = setPassword(connection, tag, password);
            for (ErrorResults.ErrorResult each : results.results()) {
                if (each.error() != null) {
                    Problem problem = Errors.problem(each.error());
                    LOG.warn("cannot set the password of {}: {}", tag, problem.message());
                    return false;
                }
            }
            return true;
        });
        UnitApi calls = new UnitApi(unitApi, unit, conf.model(), times.patience());
        UnitAgent agent =
                new UnitAgent(calls, new Leadership(calls, System::nanoTime), runner, log, folder, own, times, boot);
        Thread thread = new Thread(
                () -> {
                    agent.run();
                    synchronized (this) {
                        changes++;
                        notifyAll();
                    }
                },
                tag);
        thread.setDaemon(true);
        thread.start();
        running.put(unit, new Running(agent, unitApi, thread));
        log.line(conf.tag(), "INFO", "agent.deployer", "started the agent of unit " + unit);
    }

    private ErrorResults setPassword(long connection, String tag, String password)
            throws IOException, InterruptedException {
        return wire.treeToValue(
                AgentApi.join(
                        link.request(
                                connection,
                                "Deployer",
                                1,
                                "",
                                "SetPasswords",
                                new AgentPasswords(List.of(new AgentPasswords.Change(tag, password))),
                                api.trace(),
                                null),
                        PATIENCE),
                ErrorResults.class);
    }

    private static void stop(Running agent) throws InterruptedException {
        agent.agent().stop();
        agent.api().close();
        agent.thread().interrupt();
        agent.thread().join(TimeUnit.SECONDS.toMillis(10));
    }

    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        runner.ending();
        for (Running agent : new ArrayList<>(running.values())) {
            try {
                stop(agent);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        tools.close();
        log.close();
        api.close();
        link.close();
    }
}
