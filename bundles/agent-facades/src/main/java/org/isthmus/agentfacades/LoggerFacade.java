package org.isthmus.agentfacades;

import java.util.List;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.model.LogLevels;
import org.isthmus.model.store.Logs;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.agent.LogBatch;

/** Log lines of agents, into the model's log as far as its `logging-config` lets them. Not mutating: logs are no documents. */
@Facade(name = "Logger", since = 1, until = 1)
public final class LoggerFacade {

    @Method(access = Access.AGENT, blocks = true)
    public void append(Call call, LogBatch batch) {
        String model = call.model().id();
        LogLevels levels = LogLevels.of(call.model().snapshot().model());
        for (LogBatch.Line line : batch.lines()) {
            // A line under another's name is dropped, not refused: the rest of the batch is honest.
            if (isCallers(call, line.tag()) && levels.lets(line.module(), line.level())) {
                call.controller()
                        .logs()
                        .append(new Logs.Line(
                                line.time(),
                                model,
                                line.tag(),
                                line.level(),
                                line.module(),
                                "",
                                List.of(),
                                line.message()));
            }
        }
    }

    private static boolean isCallers(Call call, String tag) {
        try {
            return call.caller().isAgent(Tag.parse(tag));
        } catch (Refused nobodysName) {
            return false;
        }
    }
}
