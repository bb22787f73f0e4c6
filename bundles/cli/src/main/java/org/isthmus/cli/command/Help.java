package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.cli.text.Table;
import picocli.CommandLine.Model.OptionSpec;

/** Texts of `juju help`. */
final class Help {
    private final Catalogue catalogue;

    Help(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    String overview() {
        return """
                Juju provides easy, intelligent application orchestration on top of clouds;
                Isthmus speaks its language, and is made for models that share services.

                Usage: juju [help] <command>

                Common commands:

                """
                + some(List.of(
                        "bootstrap",
                        "add-model",
                        "deploy",
                        "integrate",
                        "expose",
                        "status",
                        "config",
                        "ssh",
                        "debug-log",
                        "models",
                        "controllers",
                        "switch",
                        "destroy-model"))
                + """

                "juju help commands" lists all commands, "juju help <command>" shows one of them,
                and "juju help topics" the other texts.
                """;
    }

    private String some(List<String> names) {
        Table table = new Table("", "");
        for (String name : names) {
            Catalogue.Entry entry = catalogue.find(name);
            table.row("    " + entry.name(), entry.summary());
        }
        String text = table.toString();
        return text.substring(text.indexOf('\n') + 1);
    }

    String commands() {
        Map<String, String> lines = new TreeMap<>();
        for (Catalogue.Entry entry : catalogue.entries()) {
            lines.put(entry.name(), entry.summary());
            entry.aliases().forEach(alias -> lines.put(alias, "Alias for '" + entry.name() + "'."));
        }
        Table table = new Table("", "");
        lines.forEach(table::row);
        String text = table.toString();
        return text.substring(text.indexOf('\n') + 1);
    }

    String of(Catalogue.Entry entry) {
        StringBuilder text = new StringBuilder("Usage: juju " + entry.name() + " [options]"
                + (entry.usage().isEmpty() ? "" : " " + entry.usage()) + "\n\nSummary:\n" + entry.summary()
                + "\n\nOptions:\n");
        List<OptionSpec> options = new ArrayList<>(
                Program.line(entry.make().get()).getCommandSpec().options());
        options.sort(java.util.Comparator.comparing(o -> o.longestName().replaceFirst("^-+", "")));
        for (OptionSpec option : options) {
            if (option.hidden()) {
                continue;
            }
            text.append(String.join(", ", option.names()));
            if (option.arity().max() > 0) {
                text.append(' ')
                        .append(option.paramLabel().replaceAll("[<>]", "").toLowerCase(java.util.Locale.ROOT));
            }
            text.append("\n    ").append(String.join(" ", option.description())).append('\n');
        }
        if (!entry.aliases().isEmpty()) {
            text.append("\nAliases: ")
                    .append(String.join(", ", entry.aliases()))
                    .append('\n');
        }
        if (!entry.details().isEmpty()) {
            text.append("\nDetails:\n").append(entry.details()).append('\n');
        }
        return text.toString();
    }
}
