package org.isthmus.cli.command;

import java.util.Map;
import java.util.TreeMap;

/** Details of commands, and the topics that are no commands. */
final class HelpTexts {
    private static final Map<String, String> DETAILS = Map.of(
            "bootstrap",
            """
            Makes a controller on a cloud, and logs in as its first user, "admin". The cloud
            "localhost" needs nothing: its machines are processes of this host. Other clouds are
            defined in clouds.yaml in JUJU_DATA, for instance an "aws" that is this host too:

                clouds:
                  aws:
                    type: localhost
                    auth-types: [empty]
                    regions:
                      us-east-1: {}

            The controller gets the models "controller" and "default"; --add-model names the second
            one, --no-default-model leaves it out.

            Examples:

                juju bootstrap localhost
                juju bootstrap aws/us-east-1 crossing-models""",
            "deploy",
            """
            A name is looked up by the controller: among the charms it ships, and in the folders of
            its setting charm-store-path. A path (./mysql, /charms/mysql, or a .charm file) is
            uploaded from here.

            A bundle (a .yaml file, or a folder or zip file with a bundle.yaml) deploys applications,
            machines, relations, offers and what is consumed from elsewhere. Documents behind its
            first, and the files of --overlay, are laid over it. What the model has already is left
            alone; --dry-run shows what would be done.

            Examples:

                juju deploy ./bundle.yaml --overlay ./ours.yaml --dry-run
                juju deploy mysql --constraints "mem=16G root-disk=1T"
                juju deploy ./my-charm app -n 2 --config port=8080""",
            "switch",
            """
            Without an argument it prints the current controller and model. A bare name is first
            looked up among the controllers, then among the current controller's models.""",
            "status",
            """
            Selectors are names of applications, units or machines, may hold "*", or are a status
            word. The format is one of tabular, yaml, json, line, short, oneline, summary.
            With "cross-model" in JUJU_DEV_FEATURE_FLAGS the tables have the columns of Juju 2.2.""",
            "integrate",
            """
            Endpoints may be left out where only one pair fits.

            Examples:

                juju integrate wordpress mysql
                juju integrate wordpress:db mysql:db""",
            "constraints",
            """
            Constraints are words such as mem=16G root-disk=1T cores=4 arch=amd64. Sizes take
            M, G, T or P. An empty value (mem=) overrides what the model says. Known are: arch,
            container, cores, cpu-power, mem, root-disk, root-disk-source, tags, spaces,
            instance-type, instance-role, virt-type, zones, allocate-public-ip, image-id.""",
            "ssh",
            """
            The target is a unit (mysql/0), the leader (mysql/leader) or a machine (0). Without a
            command a shell is opened there.""");

    private static final Map<String, String> TOPICS = new TreeMap<>(
            Map.of(
                    "environment",
                    """
            JUJU_DATA                 folder of the client's files, default ~/.local/share/juju
            JUJU_CONTROLLER           controller that commands work on
            JUJU_MODEL                [<controller>:]<model> that commands work on
            JUJU_DEV_FEATURE_FLAGS    "cross-model" gives status and models the layout of 2.2
            NO_COLOR                  no colours, whatever its value
            ISTHMUS_BASE              folder of the container that runs the commands
            """,
                    "placement",
                    """
            --to takes a machine (0), a new container on a machine (lxd:0), or a directive of the
            cloud such as zone=us-east-1a; several are separated by commas.
            """));

    private HelpTexts() {}

    static String of(String command) {
        return DETAILS.getOrDefault(command, "");
    }

    static Map<String, String> topics() {
        return TOPICS;
    }
}
