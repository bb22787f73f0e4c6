package org.isthmus.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** `--format` and `-o`: mixed into commands that print something structured. */
final class Format {
    @Option(names = "--format", paramLabel = "FORMAT", description = "Specify output format (tabular|json|yaml)")
    String format;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Specify an output file")
    String output;

    /** The format that was asked for; refuses one that is not among these. The first is the default. */
    String choose(String... known) {
        String chosen = format == null ? known[0] : format;
        if (!List.of(known).contains(chosen)) {
            throw Failure.usage("invalid value \"%s\" for option --format: unknown format \"%s\"", chosen, chosen);
        }
        return chosen;
    }

    /** Prints a table, or the document as it was asked for. */
    int print(Session session, Supplier<String> tabular, Supplier<?> document) {
        String chosen = choose("tabular", "json", "yaml");
        return write(session, chosen.equals("tabular") ? tabular.get() : render(session, chosen, document.get()));
    }

    /** For commands without a table. */
    int printDocument(Session session, Object document) {
        return write(session, render(session, choose("yaml", "json"), document));
    }

    String render(Session session, String chosen, Object document) {
        return chosen.equals("json")
                ? session.documents().json(document)
                : session.documents().yaml(document);
    }

    int write(Session session, String text) {
        if (output == null) {
            session.out().print(text);
            session.out().flush();
        } else {
            try {
                Files.writeString(session.path(output), text);
            } catch (IOException failure) {
                throw Failure.of("cannot write %s: %s", session.path(output), Settings.reason(failure));
            }
        }
        return 0;
    }
}
