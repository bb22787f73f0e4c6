package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** All commands by name and alias. */
final class Catalogue {
    /** @param usage the arguments, as help shows them */
    record Entry(String name, List<String> aliases, String usage, String summary, Supplier<Command> make) {
        String details() {
            return HelpTexts.of(name);
        }
    }

    private final Map<String, Entry> byName = new LinkedHashMap<>();

    Catalogue() {
        add(
                "bootstrap",
                "[<cloud name>[/region] [<controller name>]]",
                "Initializes a cloud environment.",
                BootstrapCommand::new);
        add("controllers", "", "Lists all controllers.", ControllersCommand::new, "list-controllers");
        add(
                "switch",
                "[<controller>|<model>|<controller>:|:<model>|<controller>:<model>]",
                "Selects or identifies the current controller and model.",
                SwitchCommand::new);
        add("whoami", "", "Print current login details.", WhoamiCommand::new);
        add("add-model", "<model name> [cloud|region|(cloud/region)]", "Adds a workload model.", AddModelCommand::new);
        add("models", "", "Lists models a user can access on a controller.", ModelsCommand::new, "list-models");
        add("deploy", "<charm or bundle> [<application name>]", "Deploys a new application.", DeployCommand::new);
        add(
                "integrate",
                "<application>[:<endpoint>] <application>[:<endpoint>]",
                "Integrate two applications.",
                IntegrateCommand::new,
                "relate",
                "add-relation");
        add(
                "offer",
                "[<model>.]<application>:<endpoint>[,...] [<offer name>]",
                "Offer application endpoints for use in other models.",
                OfferCommand::new);
        add("offers", "[<offer name>]", "Lists shared endpoints.", OffersCommand::new, "list-offers");
        add(
                "find-offers",
                "[<controller>:][<user>/<model>[.<offer>]]",
                "Find offered application endpoints.",
                () -> new FindOffersCommand(false));
        add(
                "find-endpoints",
                "[<controller>:][<user>/<model>[.<offer>]]",
                "Find offered application endpoints, as in 2.2.",
                () -> new FindOffersCommand(true));
        add(
                "show-offer",
                "[<controller>:]<offer URL>",
                "Shows extended information about the offered application.",
                () -> new ShowOfferCommand(false));
        add(
                "show-endpoints",
                "[<controller>:]<offer URL>",
                "Shows extended information about the offer, as in 2.2.",
                () -> new ShowOfferCommand(true));
        add("consume", "<offer URL> [<application alias>]", "Add a remote offer to the model.", ConsumeCommand::new);
        add(
                "remove-saas",
                "<saas name> [<saas name>...]",
                "Remove consumed applications (SAAS) from the model.",
                RemoveSaasCommand::new,
                "remove-consumed-application");
        add(
                "remove-offer",
                "<offer URL> [...]",
                "Removes one or more offers specified by their URL.",
                RemoveOfferCommand::new);
        add(
                "suspend-relation",
                "<relation ID>[ <relation ID>...]",
                "Suspends a relation to an application offer.",
                SuspendRelationCommand.Suspend::new);
        add(
                "resume-relation",
                "<relation ID>[ <relation ID>...]",
                "Resumes a suspended relation to an application offer.",
                SuspendRelationCommand.Resume::new);
        add("register", "<registration token>", "Registers a controller.", RegisterCommand::new);
        add("disable-user", "<user name>", "Disables a Juju user.", () -> new DisableUserCommand(true));
        add(
                "enable-user",
                "<user name>",
                "Re-enables a previously disabled Juju user.",
                () -> new DisableUserCommand(false));
        add("remove-user", "<user name>", "Deletes a Juju user from a controller.", RemoveUserCommand::new);
        add(
                "status",
                "[<selector> [...]]",
                "Report the status of the model, its machines, applications and units.",
                StatusCommand::new,
                "show-status");
        add(
                "show-controller",
                "[<controller name> ...]",
                "Shows detailed information of a controller.",
                ShowControllerCommand::new);
        add(
                "controller-config",
                "[<attribute key>[=<value>] ...]",
                "Displays or sets configuration settings for a controller.",
                ControllerConfigCommand::new);
        add(
                "destroy-controller",
                "<controller name>",
                "Destroys a controller.",
                () -> new DestroyControllerCommand(false));
        add(
                "kill-controller",
                "<controller name>",
                "Forcibly terminate all machines and other associated resources for a Juju controller.",
                () -> new DestroyControllerCommand(true));
        add("unregister", "<controller name>", "Unregisters a Juju controller.", UnregisterCommand::new);
        add("login", "[controller host name or alias]", "Logs a user in to a controller.", LoginCommand::new);
        add("logout", "", "Logs a Juju user out of a controller.", LogoutCommand::new);
        add(
                "show-model",
                "<model name>",
                "Shows information about the current or specified model.",
                ShowModelCommand::new);
        add(
                "destroy-model",
                "[<controller name>:]<model name>",
                "Terminate all machines and resources for a non-controller model.",
                DestroyModelCommand::new);
        add(
                "model-config",
                "[<model-key>[=<value>] ...]",
                "Displays or sets configuration values on a model.",
                ModelConfigCommand::new);
        add(
                "model-constraints",
                "",
                "Displays machine constraints for a model.",
                () -> new ConstraintsCommand(true),
                "get-model-constraints");
        add(
                "set-model-constraints",
                "<constraint>=<value> ...",
                "Sets machine constraints on a model.",
                () -> new SetConstraintsCommand(true));
        add(
                "constraints",
                "<application>",
                "Displays machine constraints for an application.",
                () -> new ConstraintsCommand(false),
                "get-constraints");
        add(
                "set-constraints",
                "<application> <constraint>=<value> ...",
                "Sets machine constraints for an application.",
                () -> new SetConstraintsCommand(false));
        add("add-unit", "<application name>", "Adds one or more units to a deployed application.", AddUnitCommand::new);
        add("remove-unit", "<unit> [...]", "Remove application units from the model.", RemoveUnitCommand::new);
        add(
                "remove-application",
                "<application> [<application>...]",
                "Remove applications from the model.",
                RemoveApplicationCommand::new);
        add(
                "config",
                "<application name> [--reset <key[,key]>] [<attribute-key>][=<value>] ...]",
                "Gets, sets, or resets configuration for a deployed application.",
                ConfigCommand::new);
        add(
                "expose",
                "<application name>",
                "Makes an application publicly available over the network.",
                ExposeCommand::new);
        add(
                "unexpose",
                "<application name>",
                "Removes public availability over the network for an application.",
                UnexposeCommand::new);
        add(
                "remove-relation",
                "<application1>[:<endpoint>] <application2>[:<endpoint>] | <relation-id>",
                "Removes an existing relation between two applications.",
                RemoveRelationCommand::new);
        add(
                "resolved",
                "[<unit> ...]",
                "Marks unit errors resolved and re-executes failed hooks.",
                ResolvedCommand::new,
                "resolve");
        add(
                "show-application",
                "<application name> [...]",
                "Displays information about an application.",
                ShowApplicationCommand::new);
        add("show-unit", "<unit name> [...]", "Displays information about a unit.", ShowUnitCommand::new);
        add(
                "show-status-log",
                "<entity name>",
                "Output past statuses for the specified entity.",
                ShowStatusLogCommand::new);
        add("debug-log", "", "Displays log messages for a model.", DebugLogCommand::new);
        add(
                "ssh",
                "<[user@]target> [<command> [...]]",
                "Initiates an SSH session or executes a command on a Juju target.",
                SshCommand::new);
        add("machines", "", "Lists machines in a model.", () -> new MachinesCommand(false), "list-machines");
        add("show-machine", "<machineID> ...", "Show a machine's status.", () -> new MachinesCommand(true));
        add(
                "add-machine",
                "[<container-type>[:<machine-id>] | <placement>]",
                "Provision a new machine or assign one to the model.",
                AddMachineCommand::new);
        add(
                "remove-machine",
                "<machine number> ...",
                "Removes one or more machines from a model.",
                RemoveMachineCommand::new);
        add(
                "users",
                "[model-name]",
                "Lists Juju users allowed to connect to a controller or model.",
                UsersCommand::new,
                "list-users");
        add("show-user", "[<user name>]", "Show information about a user.", ShowUserCommand::new);
        add("add-user", "<user name> [<display name>]", "Adds a Juju user to a controller.", AddUserCommand::new);
        add(
                "grant",
                "<user name> <permission> [<model name> ... | <offer URL> ...]",
                "Grants access level to a Juju user for a model, controller, or application offer.",
                () -> new GrantCommand("grant"));
        add(
                "revoke",
                "<user name> <permission> [<model name> ... | <offer URL> ...]",
                "Revokes access from a Juju user for a model, controller, or application offer.",
                () -> new GrantCommand("revoke"));
        add(
                "change-user-password",
                "[username]",
                "Changes the password for the current or specified Juju user.",
                ChangeUserPasswordCommand::new);
        add("clouds", "", "Lists all clouds available to Juju.", CloudsCommand::new, "list-clouds");
        add("show-cloud", "<cloud name>", "Shows detailed information for a cloud.", () -> new RegionsCommand(true));
        add("regions", "<cloud>", "Lists regions for a given cloud.", () -> new RegionsCommand(false), "list-regions");
        add(
                "add-cloud",
                "<cloud name> <cloud definition file>",
                "Adds a cloud definition to Juju.",
                AddCloudCommand::new);
        add(
                "credentials",
                "[<cloud name>]",
                "Lists Juju credentials for a cloud.",
                CredentialsCommand::new,
                "list-credentials");
        add(
                "add-credential",
                "<cloud name>",
                "Adds a credential for a cloud to a local client.",
                AddCredentialCommand::new);
        add(
                "actions",
                "<application>",
                "List actions defined for an application.",
                ActionsCommand::new,
                "list-actions");
        add("help", "[topic]", "Show help on a command or other topic.", HelpCommand::new);
        add("version", "", "Print the Juju CLI client version.", VersionCommand::new);
    }

    private void add(String name, String usage, String summary, Supplier<Command> make, String... aliases) {
        Entry entry = new Entry(name, List.of(aliases), usage, summary, make);
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
