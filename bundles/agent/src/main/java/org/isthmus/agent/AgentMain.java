package org.isthmus.agent;

import java.io.IOException;
import java.nio.file.Path;
import org.isthmus.agent.unit.UnitAgent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the agent: `AgentMain FOLDER`, where the folder holds `agent.conf`. Exits with 0 only when its machine is dead. */
public final class AgentMain {
    private static final int ENDED = 1;
    private static final int BAD_CALL = 2;

    private AgentMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 1) {
            System.err.println("usage: AgentMain FOLDER");
            System.exit(BAD_CALL);
        }
        Logger log = LoggerFactory.getLogger(AgentMain.class);
        AgentConf conf = AgentConf.read(Path.of(args[0]), AgentJson.mapper());
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
}
