package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** All commands by name and alias. */
final class Catalogue {
    /** @param usage the arguments, as help shows them */
    record Entry(
            String name, List<String> aliases, String usage, String summary, String details, Supplier<Command> make) {}

    private final Map<String, Entry> byName = new LinkedHashMap<>();

    Catalogue() {
        add("bootstrap", "[<cloud name>[/region] [<controller name>]]", "Initializes a cloud environment.",
                BootstrapCommand::new);
        add("controllers", "", "Lists all controllers.", ControllersCommand::new, "list-controllers");
        add("switch", "[<controller>|<model>|<controller>:|:<model>|<controller>:<model>]",
                "Selects or identifies the current controller and model.", SwitchCommand::new);
        add("whoami", "", "Print current login details.", WhoamiCommand::new);
        add("add-model", "<model name> [cloud|region|(cloud/region)]", "Adds a workload model.", AddModelCommand::new);
        add("models", "", "Lists models a user can access on a controller.", ModelsCommand::new, "list-models");
        add("deploy", "<charm or bundle> [<application name>]", "Deploys a new application.", DeployCommand::new);
        add("integrate", "<application>[:<endpoint>] <application>[:<endpoint>]",
                "Integrate two applications.", IntegrateCommand::new, "relate", "add-relation");
        add("status", "[<selector> [...]]", "Report the status of the model, its machines, applications and units.",
                StatusCommand::new, "show-status");
        add("help", "[topic]", "Show help on a command or other topic.", HelpCommand::new);
        add("version", "", "Print the Juju CLI client version.", VersionCommand::new);
    }

    private void add(String name, String usage, String summary, Supplier<Command> make, String... aliases) {
        Entry entry = new Entry(name, List.of(aliases), usage, summary, HelpTexts.of(name), make);
        byName.put(name, entry);
        entry.aliases().forEach(alias -> byName.put(alias, entry));
    }

    Entry find(String name) {
        return byName.get(name);
    }

    List<String> names() {
        return List.copyOf(byName.keySet());
    }

    List<Entry> entries() {
        return byName.values().stream().distinct().toList();
    }

    /** For the words `help topics` lists. */
    static List<String> sorted(Iterable<String> names) {
        List<String> list = new ArrayList<>();
        names.forEach(list::add);
        list.sort(null);
        return list;
    }
}
