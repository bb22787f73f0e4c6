package org.isthmus.agent.hook;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.isthmus.agent.AgentConf;
import org.isthmus.agent.AgentLog;
import org.isthmus.wire.agent.UnitRemoteState;

/** Runs hooks as processes, one at a time on the machine. */
public final class HookRunner {
    /** How a run ended. */
    public enum Outcome {
        DONE,
        /** The charm has no such hook. */
        MISSING,
        FAILED,
        /** Cut off from the controller, or ended together with the agent: it counts as not run. */
        INTERRUPTED
    }

    /** How long output is still read after a hook's end; what its daemons write later is read on by the same threads. */
    private static final Duration LAST_OUTPUT = Duration.ofMillis(300);

    /** How long an agent lives on, at most, after a hook that was ended together with it. */
    private static final Duration END_OF_MACHINE = Duration.ofSeconds(1);

    /** Of a line of output; with what says that it was cut it fits into a line of the log. */
    private static final int LINE_CHARS = AgentLog.MESSAGE_CHARS - 64;

    private static final int SIGNAL = 128;
    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;

    private final AgentConf conf;
    private final ToolServer tools;
    private final AgentLog log;
    private final Path toolFolder;
    private final PipeStock pipes;
    private final CountDownLatch ending = new CountDownLatch(1);
    /** One hook at a time: charms change the machine. Fair, so that no unit starves. */
    private final Semaphore machine = new Semaphore(1, true);

    public HookRunner(AgentConf conf, ToolServer tools, AgentLog log, Path toolFolder) {
        this.conf = conf;
        this.tools = tools;
        this.log = log;
        this.toolFolder = toolFolder;
        this.pipes = new PipeStock(conf.machineDir().resolve("agents").resolve("pipes"));
        pipes.fill();
    }

    /** What is done once the machine is free, just before the process starts; may refuse by throwing. */
    public interface Before {
        void ready() throws IOException, InterruptedException;
    }

    /** Waits for the machine, then runs the hook in the charm's folder. Interrupting it kills the hook. */
    public Outcome run(HookContext context, Path charm, Path pidFile, Before before)
            throws IOException, InterruptedException {
        machine.acquire();
        try (AutoCloseable served = tools.serve(context)) {
            before.ready();
            return start(context, charm, pidFile);
        } catch (IOException | InterruptedException | RuntimeException known) {
            throw known;
        } catch (Exception cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        } finally {
            machine.release();
        }
    }

    /** The agent ends: a hook that is killed from now on is not to blame. */
    public void ending() {
        ending.countDown();
    }

    private Outcome start(HookContext context, Path charm, Path pidFile) throws IOException, InterruptedException {
        String dispatchPath = "hooks/" + context.hook().name();
        if (!Files.exists(charm.resolve("metadata.yaml"))) {
            log.unit(context.remote().unit(), "ERROR", "agent.hook", dispatchPath + " cannot run: there is no charm");
            return Outcome.FAILED;
        }
        if (!ToolServer.isInstalled(toolFolder)) {
            // Gone with the machine's folder: the charm would fail for nothing of its own.
            ToolServer.install(toolFolder);
        }
        Path file = charm.resolve("dispatch");
        if (!Files.isExecutable(file)) {
            file = charm.resolve(dispatchPath);
            if (!Files.exists(file)) {
                return Outcome.MISSING;
            }
            if (!Files.isExecutable(file)) {
                String module =
                        "unit." + context.remote().unit() + "." + context.hook().name();
                log.unit(context.remote().unit(), "ERROR", module, dispatchPath + " is not executable");
                return Outcome.FAILED;
            }
        }
        ProcessBuilder builder = new ProcessBuilder(List.of(file.toString()));
        builder.directory(charm.toFile());
        environment(builder.environment(), context, charm, dispatchPath);
        HookMark mark = new HookMark(pidFile);
        CountDownLatch output = new CountDownLatch(2);
        Process process;
        try (OutputPipes own = pipes.take()) {
            try {
                mark.starts(context.id());
                process = start(own, builder, context);
            } finally {
                // Not before: threads that begin keep the processor from the hook for a millisecond.
                // They close what they read, which ends at once where nothing was started.
                drain(context, own.out(), "DEBUG", output);
                drain(context, own.err(), "WARNING", output);
            }
        }
        if (process == null) {
            mark.ended();
            return Outcome.FAILED;
        }
        try {
            mark.runs(process.toHandle());
            closeInput(process, context);
            pipes.fill();
            int code = await(process, context);
            output.await(LAST_OUTPUT.toMillis(), TimeUnit.MILLISECONDS);
            if (context.isUnreachable()) {
                return Outcome.INTERRUPTED;
            }
            if (code == SIGNAL + SIGTERM || code == SIGNAL + SIGKILL) {
                // Whoever ends the machine ends its hook too, perhaps before this agent, which hears of it soon.
                // Else it was somebody else, such as a kernel out of memory, who would do it again.
                if (ending.await(END_OF_MACHINE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return Outcome.INTERRUPTED;
                }
                log.unit(context.remote().unit(), "ERROR", "agent.hook", dispatchPath + " was killed: " + code);
            }
            return code == 0 ? Outcome.DONE : Outcome.FAILED;
        } catch (InterruptedException | IOException | RuntimeException stopping) {
            HookMark.kill(process.toHandle());
            throw stopping;
        } finally {
            mark.ended();
        }
    }

    /** Null where there is no such process: for its operator to see, for it is the charm's fault, such as its first line's. */
    private Process start(OutputPipes own, ProcessBuilder builder, HookContext context) {
        try {
            return own.start(builder);
        } catch (IOException cannotStart) {
            log.unit(context.remote().unit(), "ERROR", "agent.hook", String.valueOf(cannotStart.getMessage()));
            return null;
        }
    }

    /** A hook has no input. */
    private void closeInput(Process process, HookContext context) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.flush();
        } catch (IOException ended) {
            // It may be over already.
            log.unit(context.remote().unit(), "TRACE", "agent.hook", String.valueOf(ended.getMessage()));
        }
    }

    /** Waits for its end; a hook whose tool could not reach the controller in time is ended here, for it works on nothing. */
    private int await(Process process, HookContext context) throws InterruptedException {
        while (!process.waitFor(1, TimeUnit.SECONDS)) {
            if (context.isUnreachable()) {
                HookMark.kill(process.toHandle());
            }
        }
        return process.exitValue();
    }

    private void drain(HookContext context, InputStream stream, String level, CountDownLatch done) {
        String unit = context.remote().unit();
        String module = "unit." + unit + "." + context.hook().name();
        Thread reader = new Thread(
                () -> {
                    try (OutputLines lines = new OutputLines(stream, LINE_CHARS)) {
                        for (String line = lines.next(); line != null; line = lines.next()) {
                            log.unit(unit, level, module, line);
                        }
                    } catch (IOException ended) {
                        log.unit(unit, "TRACE", module, "output ended: " + ended.getMessage());
                    } finally {
                        done.countDown();
                    }
                },
                "hook-output-" + unit);
        // A daemon that the hook started may hold this pipe for years: closing it would kill the daemon at its next
        // word.
        reader.setDaemon(true);
        reader.start();
    }

    private void environment(Map<String, String> env, HookContext context, Path charm, String dispatchPath) {
        UnitRemoteState remote = context.remote();
        String path = env.getOrDefault("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        String home = env.get("HOME");
        String user = env.get("USER");
        // The provider marks a machine's processes by variables of this name: what a hook starts must be found by them.
        env.keySet().removeIf(name -> !name.startsWith("ISTHMUS_"));
        // After the tools the provider's shims, such as an apt-get that unpacks into the machine's folder.
        Path shims = conf.machineDir().resolve("shims");
        env.put("PATH", toolFolder + ":" + (Files.isDirectory(shims) ? shims + ":" : "") + path);
        put(env, "HOME", home);
        put(env, "USER", user);
        env.put("LANG", "C.UTF-8");
        env.put("TERM", "tmux-256color");
        env.put("APT_LISTCHANGES_FRONTEND", "none");
        env.put("DEBIAN_FRONTEND", "noninteractive");
        env.put("CHARM_DIR", charm.toString());
        env.put("JUJU_CHARM_DIR", charm.toString());
        env.put("JUJU_CONTEXT_ID", context.id());
        env.put("JUJU_AGENT_TOKEN", context.token());
        env.put("JUJU_AGENT_SOCKET_ADDRESS", tools.address());
        env.put("JUJU_AGENT_SOCKET_NETWORK", "tcp");
        env.put("JUJU_HOOK_NAME", context.hook().name());
        put(env, "JUJU_TRACE_ID", context.trace());
        env.put("JUJU_DISPATCH_PATH", dispatchPath);
        env.put("JUJU_UNIT_NAME", remote.unit());
        if (remote.model() != null) {
            env.put("JUJU_MODEL_UUID", remote.model().uuid());
            env.put("JUJU_MODEL_NAME", remote.model().name());
            env.put("JUJU_API_ADDRESSES", String.join(" ", remote.model().apiAddresses()));
            for (String proxy : List.of("HTTP", "HTTPS", "FTP", "NO")) {
                String value = remote.model().proxies().getOrDefault(proxy.toLowerCase(java.util.Locale.ROOT), "");
                env.put("JUJU_CHARM_" + proxy + "_PROXY", value);
            }
        }
        env.put("JUJU_SLA", "unsupported");
        put(env, "JUJU_MACHINE_ID", remote.machine());
        env.put("JUJU_PRINCIPAL_UNIT", remote.principal() == null ? "" : remote.principal());
        env.put("JUJU_AVAILABILITY_ZONE", remote.availabilityZone() == null ? "" : remote.availabilityZone());
        put(env, "JUJU_VERSION", conf.agentVersion());
        env.put("CLOUD_API_VERSION", "");
        if (context.hook().relation() != null) {
            env.put("JUJU_RELATION", context.hook().endpoint());
            env.put("JUJU_RELATION_ID", context.hook().relationId());
            put(env, "JUJU_REMOTE_APP", context.hook().remoteApplication());
            env.put(
                    "JUJU_REMOTE_UNIT",
                    context.hook().remoteUnit() == null ? "" : context.hook().remoteUnit());
            put(env, "JUJU_DEPARTING_UNIT", context.hook().departing());
        }
        env.put("ISTHMUS_MACHINE_DIR", conf.machineDir().toString());
        put(env, "ISTHMUS_ADDRESS", conf.address());
        env.put("ISTHMUS_ROOT", conf.machineDir().resolve("root").toString());
    }

    private static void put(Map<String, String> env, String name, String value) {
        if (value != null) {
            env.put(name, value);
        }
    }
}
