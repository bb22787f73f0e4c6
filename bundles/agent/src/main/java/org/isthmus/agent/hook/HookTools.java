package org.isthmus.agent.hook;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.isthmus.agent.AgentLog;
import org.isthmus.agent.ControllerUnreachable;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.model.LogLevels;

/** The hook tools, by their names. What each does for the hook that calls it is in the classes beside this one. */
final class HookTools {
    /** Every tool, as its file is called. */
    static final Set<String> NAMES = ToolHelp.tools();

    private final ConfigTools config;
    private final RelationTools relations;
    private final NetworkTools network;
    private final StatusTools status;
    private final AgentLog log;

    HookTools(ObjectMapper json, AgentLog log) {
        ToolPrinter out = new ToolPrinter(new ToolFormat(json));
        this.config = new ConfigTools(out);
        this.relations = new RelationTools(out);
        this.network = new NetworkTools(out);
        this.status = new StatusTools(out);
        this.log = log;
    }

    ToolCall.Reply run(ToolCall call, HookContext context) throws InterruptedException {
        try {
            return new ToolCall.Reply(0, tool(call, context).getBytes(StandardCharsets.UTF_8), new byte[0]);
        } catch (ToolFailure failure) {
            return failed(failure.exit(), failure.getMessage());
        } catch (ControllerUnreachable gone) {
            context.noteUnreachable();
            return failed(1, "cannot reach the controller: " + gone.getMessage());
        } catch (Refused refused) {
            return failed(1, refused.getMessage());
        } catch (IOException broken) {
            return failed(1, broken.getMessage());
        }
    }

    private static ToolCall.Reply failed(int exit, String message) {
        return new ToolCall.Reply(exit, new byte[0], ("ERROR " + message + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private String tool(ToolCall call, HookContext context) throws InterruptedException, IOException {
        if (NAMES.contains(call.tool())
                && call.args().contains("--help")
                && (!call.args().contains("--")
                        || call.args().indexOf("--help") < call.args().indexOf("--"))) {
            return ToolHelp.of(call.tool());
        }
        return switch (call.tool()) {
            case "application-version-set" -> status.applicationVersionSet(call, context);
            case "open-port" -> network.port(call, context, true);
            case "close-port" -> network.port(call, context, false);
            case "config-get" -> config.configGet(call, context);
            case "goal-state" -> status.goalState(call, context);
            case "is-leader" -> status.isLeader(call, context);
            case "juju-log" -> jujuLog(call, context);
            case "network-get" -> network.networkGet(call, context);
            case "opened-ports" -> network.openedPorts(call, context);
            case "relation-get" -> relations.relationGet(call, context);
            case "relation-ids" -> relations.relationIds(call, context);
            case "relation-list" -> relations.relationList(call, context);
            case "relation-model-get" -> relations.relationModelGet(call, context);
            case "relation-set" -> relations.relationSet(call, context);
            case "state-delete" -> config.stateDelete(call, context);
            case "state-get" -> config.stateGet(call, context);
            case "state-set" -> config.stateSet(call, context);
            case "status-get" -> status.statusGet(call, context);
            case "status-set" -> status.statusSet(call, context);
            case "unit-get" -> network.unitGet(call, context);
            default -> throw new ToolFailure("unknown command \"" + call.tool() + "\"");
        };
    }

    private String jujuLog(ToolCall call, HookContext context) {
        ToolArgs args =
                ToolArgs.parse(call.args(), Set.of("debug"), Set.of("log-level", "format"), Map.of("l", "log-level"));
        if (args.positional().isEmpty()) {
            throw new ToolFailure(2, "no message specified");
        }
        String level = args.has("debug") ? "DEBUG" : args.option("log-level");
        level = level == null ? "INFO" : level.toUpperCase(java.util.Locale.ROOT);
        level = level.equals("WARN") ? "WARNING" : level;
        if (!LogLevels.NAMES.contains(level)) {
            level = "INFO";
        }
        log.line(
                Tag.unit(context.api().unit()).toString(),
                level.equals("CRITICAL") ? "ERROR" : level,
                "unit." + context.api().unit() + ".juju-log",
                (context.hook().isRelation() ? context.hook().relationId() + ": " : "")
                        + String.join(" ", args.positional()));
        return "";
    }
}
