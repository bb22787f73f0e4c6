package org.isthmus.cli.command;

import picocli.CommandLine.Option;

/** A command that works on one model. */
abstract class ModelCommand extends Command {
    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "Model to operate in. Accepts [<controller name>:]<model name>|<model UUID>")
    String model;

    @Option(
            names = {"-B", "--no-browser-login"},
            description = "Do not use web browser for authentication")
    boolean noBrowser;
}
