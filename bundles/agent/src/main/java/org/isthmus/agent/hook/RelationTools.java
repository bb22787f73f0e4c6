package org.isthmus.agent.hook;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.isthmus.agent.hook.HookContext.RelationView;
import org.isthmus.api.Names;

/** What a hook reads of its relations, and writes into them. */
final class RelationTools {
    private final ToolPrinter out;

    RelationTools(ToolPrinter out) {
        this.out = out;
    }

    String relationIds(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = ToolPrinter.args(call, Set.of(), Set.of(), Map.of());
        args.atMost(1);
        String endpoint = args.at(0) != null ? args.at(0) : context.hook().endpoint();
        if (endpoint == null || endpoint.isEmpty()) {
            throw new ToolFailure(2, "no endpoint name specified");
        }
        Set<String> ids = new TreeSet<>(Names.NATURAL);
        for (RelationView relation : context.relations().values()) {
            if (relation.endpoint().equals(endpoint) && !relation.broken()) {
                ids.add(relation.endpoint() + ":" + relation.id());
            }
        }
        return out.print(call, args, List.copyOf(ids));
    }

    String relationList(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = ToolPrinter.args(call, Set.of("app"), Set.of("relation"), Map.of("r", "relation"));
        args.atMost(0);
        RelationView relation = named(args, context);
        if (args.has("app")) {
            return out.print(call, args, relation.remoteApplication());
        }
        return out.print(call, args, relation.members());
    }

    String relationGet(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = ToolPrinter.args(call, Set.of("app"), Set.of("relation"), Map.of("r", "relation"));
        args.atMost(2);
        RelationView relation = named(args, context);
        String key = args.at(0) == null || args.at(0).equals("-") ? null : args.at(0);
        String of = args.at(1);
        boolean app = args.has("app");
        if (of == null) {
            // Whom the hook is about: that of a change of an application's settings is about no unit.
            app |= context.hook().remoteUnit() == null;
            of = app ? context.hook().remoteApplication() : context.hook().remoteUnit();
            if (of == null) {
                throw new ToolFailure(2, "no unit or application specified");
            }
        }
        if (app && Names.isUnit(of)) {
            of = Names.applicationOf(of);
        }
        if (!app && !Names.isUnit(of)) {
            throw new ToolFailure(2, "invalid value \"" + of + "\": expected unit name");
        }
        Map<String, String> settings = context.settings(relation.id(), of);
        return out.print(call, args, key == null ? settings : settings.get(key));
    }

    String relationSet(ToolCall call, HookContext context) throws InterruptedException, IOException {
        ToolArgs args = ToolArgs.parse(
                call.args(), Set.of("app"), Set.of("relation", "file", "format"), Map.of("r", "relation"));
        RelationView relation = named(args, context);
        Map<String, String> settings = GivenSettings.of(call, args);
        if (args.has("app") && !context.leadership().isLeader()) {
            throw new ToolFailure("cannot write relation settings");
        }
        context.write(relation.id(), args.has("app"), settings);
        return "";
    }

    String relationModelGet(ToolCall call, HookContext context) throws IOException {
        ToolArgs args = ToolPrinter.args(call, Set.of(), Set.of("relation"), Map.of("r", "relation"));
        RelationView relation = named(args, context);
        if (relation.remoteModel() == null) {
            throw new ToolFailure("relation " + relation.id() + " not found");
        }
        return out.print(call, args, Map.of("uuid", relation.remoteModel()));
    }

    /** The relation named by -r, else that of the hook. */
    static RelationView named(ToolArgs args, HookContext context) {
        String named = args.option("relation");
        Integer id = context.hook().relation();
        if (named != null && !named.isEmpty()) {
            try {
                id = Integer.valueOf(named.substring(named.indexOf(':') + 1));
            } catch (NumberFormatException bad) {
                throw new ToolFailure(2, "invalid value \"" + named + "\" for option -r: invalid relation id");
            }
        }
        if (id == null) {
            throw new ToolFailure(2, "no relation id specified");
        }
        RelationView relation = context.relations().get(id);
        if (relation == null
                || named != null
                        && named.contains(":")
                        && !named.substring(0, named.indexOf(':')).equals(relation.endpoint())) {
            throw new ToolFailure(
                    2, "invalid value \"" + (named == null ? id : named) + "\" for option -r: relation not found");
        }
        return relation;
    }
}
