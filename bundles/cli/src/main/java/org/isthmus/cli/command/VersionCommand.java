package org.isthmus.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.isthmus.api.Product;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** `juju version`. */
final class VersionCommand extends Command {
    @Mixin
    Format format = new Format();

    @Option(names = "--all", description = "Prints all version information")
    boolean all;

    @Override
    int run(Session session) {
        noMoreThan(0);
        String version = Product.SERVER_VERSION + "-isthmus";
        String chosen = format.choose("smart", "json", "yaml");
        if (all) {
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("version", version);
            details.put("isthmus", Product.VERSION);
            return format.write(session, format.render(session, chosen.equals("smart") ? "yaml" : chosen, details));
        }
        return format.write(session, chosen.equals("smart") ? version + "\n" : format.render(session, chosen, version));
    }
}
