package org.isthmus.agent;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.isthmus.agent.unit.UnitAgent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the agent: `AgentMain FOLDER`, where the folder holds `agent.conf`. Exits with 0 only when its machine is dead. */
public final class AgentMain {
    private static final int ENDED = 1;
    private static final int BAD_CALL = 2;
    /** Exits with this where another agent works in the folder. */
    static final int NOT_ALONE = 3;
    /** As in supervisor.sh. */
    private static final long LOG_BYTES = 10 * 1024 * 1024;

    /**
     * Never closed: whatever this process still does at its end, no other may do meanwhile. Here, since a channel that nothing
     * refers to any more is closed, and its lock given back.
     */
    private static AgentLock lock;

    private AgentMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 1) {
            System.err.println("usage: AgentMain FOLDER");
            System.exit(BAD_CALL);
        }
        Path folder = Path.of(args[0]);
        lock = AgentLock.take(folder).orElse(null);
        if (lock == null) {
            String other = Files.readString(folder.resolve(AgentLock.FILE)).strip();
            System.err.println("ERROR the agent of this folder is running already, as process " + other);
            System.exit(NOT_ALONE);
        }
        AgentConf conf = AgentConf.read(folder, AgentJson.mapper());
        boundLog(conf.machineDir().resolve("log").resolve("agent.log"));
        Logger log = LoggerFactory.getLogger(AgentMain.class);
        log.info("agent of {} {}", conf.tag(), conf.agentVersion());
        MachineAgent agent = new MachineAgent(conf, new ApiLink(conf), UnitAgent.Times.USUAL);
        Thread main = Thread.currentThread();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            // Interrupting is enough: the hook that runs is killed, and will be run again.
                            main.interrupt();
                            agent.close();
                        },
                        "agent-stop"));
        boolean dead;
        try {
            dead = agent.run();
        } catch (InterruptedException stopping) {
            return;
        }
        System.exit(dead ? 0 : ENDED);
    }

    /** The supervisor turns the log only before it starts an agent; one that lives for months would fill the disk. */
    private static void boundLog(Path file) throws IOException {
        Path written = Path.of("/proc/self/fd/2");
        if (Files.exists(file) && Files.exists(written) && Files.isSameFile(file, written)) {
            OutputStream bounded = new BoundedLogFile(new FileOutputStream(FileDescriptor.err), file, LOG_BYTES);
            System.setErr(new PrintStream(bounded, true, StandardCharsets.UTF_8));
        }
    }
}
