package org.isthmus.cli.command;

import picocli.CommandLine.Option;

/** A command that works on one controller. */
abstract class ControllerCommand extends Command {
    @Option(
            names = {"-c", "--controller"},
            paramLabel = "NAME",
            description = "Controller to operate in")
    String controller;
}
