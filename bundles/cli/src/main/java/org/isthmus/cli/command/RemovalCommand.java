package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;

/** Removes things by name: tells what goes with them, asks, and says of each what became of it. */
abstract class RemovalCommand extends ModelCommand {
    @Mixin
    Removing removing = new Removing();

    private final String noun;

    /** @param noun what the arguments name, such as `unit` */
    RemovalCommand(String noun) {
        this.noun = noun;
    }

    /** Refuses a line that is wrong. */
    abstract void check();

    /** The controller's answer, one result an argument. */
    abstract JsonNode remove(Session session, boolean dryRun);

    /** The lines of one result, the first for the thing itself. */
    abstract List<String> lines(String name, JsonNode info);

    @Override
    final int run(Session session) {
        removing.check();
        check();
        if (!removing.noPrompt && !removing.dryRun) {
            confirm(session, remove(session, true));
        }
        JsonNode results = remove(session, removing.dryRun);
        boolean failed = false;
        for (int i = 0; i < args.size(); i++) {
            JsonNode result = results.path(i);
            if (result.hasNonNull("error")) {
                session.error(
                        "removing %s %s failed: %s",
                        noun, args.get(i), result.path("error").path("message").asText());
                failed = true;
            } else {
                lines(args.get(i), result.path("info")).forEach(session::print);
            }
        }
        return failed ? 1 : 0;
    }

    private void confirm(Session session, JsonNode preview) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            JsonNode result = preview.path(i);
            if (!result.hasNonNull("error")) {
                lines.addAll(lines(args.get(i), result.path("info")));
            }
        }
        if (lines.isEmpty()) {
            // Nothing will be removed; why not is said by the removal itself.
            return;
        }
        session.warn("This command will perform the following actions:");
        String answer = session.ask(String.join("\n", lines) + "\n\nContinue [y/N]? ", false);
        if (!List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT))) {
            throw Failure.of("%s removal: aborted", noun);
        }
    }

    static List<String> tagged(JsonNode info, String field, String text) {
        List<String> ids = new ArrayList<>();
        info.path(field).forEach(e -> ids.add(Removing.readable(e.path("tag").asText())));
        ids.sort(org.isthmus.api.Names.NATURAL);
        return ids.stream().map(id -> "- " + text + " " + id).toList();
    }
}
