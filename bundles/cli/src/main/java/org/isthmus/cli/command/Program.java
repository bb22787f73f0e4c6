package org.isthmus.cli.command;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.cli.Doors;
import org.isthmus.cli.text.Document;
import org.isthmus.rpc.Invocation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Finds the command, reads its line, runs it, and says in Juju's words what went wrong. */
public final class Program implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Program.class);

    /** Asked by the completion of bash: what may stand for the last of the words behind it. */
    private static final String COMPLETE = "__complete";

    /** Asked by bin/start: which controllers of this container do not run, and why. */
    private static final String AILING = "__ailing";

    private final Doors doors;
    private final Reach reach = new Reach();
    private final Document documents = new Document();
    private final Catalogue catalogue = new Catalogue();

    public Program(Doors doors) {
        this.doors = doors;
    }

    @Override
    public void close() {
        reach.close();
    }

    public List<String> names() {
        return catalogue.names();
    }

    /** @return the exit code */
    public int run(Invocation invocation) {
        try {
            return dispatch(invocation);
        } catch (Failure failure) {
            if (failure.getMessage() != null) {
                complain(invocation, failure.getMessage());
            }
            return failure.code();
        } catch (Refused refused) {
            complain(invocation, words(refused.problem()));
            return 1;
        } catch (UncheckedIOException failure) {
            complain(invocation, failure.getCause().toString().replaceFirst("^java[a-z.]*\\.(?=[A-Z])", ""));
            return 1;
        } catch (Exception bug) {
            if (Thread.currentThread().isInterrupted() || bug instanceof InterruptedException) {
                return Failure.CANCELLED;
            }
            LOG.error(
                    "juju {} failed",
                    invocation.args().isEmpty() ? "" : invocation.args().get(0),
                    bug);
            complain(invocation, "internal error, see the log: " + bug);
            return 1;
        } finally {
            invocation.out().flush();
            invocation.err().flush();
        }
    }

    private static String words(Problem problem) {
        if (problem.code() == Code.OPERATION_BLOCKED) {
            return problem.message() + "\n\nTo enable the command run\n\n    juju enable-command all\n";
        }
        return problem.message().isEmpty() ? problem.code().wire() : problem.message();
    }

    private static void complain(Invocation invocation, String message) {
        invocation.out().flush();
        invocation.err().println("ERROR " + message);
    }

    private int dispatch(Invocation invocation) throws Exception {
        List<String> args = new ArrayList<>(invocation.args());
        List<String> before = new ArrayList<>();
        while (!args.isEmpty() && args.get(0).startsWith("-")) {
            String flag = args.remove(0);
            switch (flag) {
                case "--version" -> args.add(0, "version");
                case "-h", "--help" -> args.add(0, "help");
                case "--debug", "--verbose", "-v", "--quiet", "-q", "--show-log" -> before.add(flag);
                default -> throw Failure.usage("option provided but not defined: %s", flag);
            }
            if (flag.equals("-h") || flag.equals("--help") || flag.equals("--version")) {
                break;
            }
        }
        if (args.isEmpty()) {
            args.add("help");
        }
        String name = args.remove(0);
        if (name.equals(COMPLETE)) {
            complete(invocation, args).forEach(invocation.out()::println);
            return 0;
        }
        if (name.equals(AILING)) {
            Standing.ailing(doors).forEach(invocation.out()::println);
            return 0;
        }
        Catalogue.Entry entry = catalogue.find(name);
        if (entry == null) {
            throw Failure.usage(
                    "juju: \"%s\" is not a juju command. See \"juju --help\".%s", name, near(name, catalogue.names()));
        }
        args.addAll(0, before);
        Command command = entry.make().get();
        parse(entry, command, args);
        if (command.help) {
            invocation.out().print(new Help(catalogue).of(entry));
            return 0;
        }
        try (Session session = new Session(invocation, doors, reach, documents)) {
            session.quiet(command.quiet);
            if (command.debug) {
                session.info("trace %s", session.trace());
            }
            if (command instanceof HelpCommand help) {
                return help.show(session, new Help(catalogue));
            }
            return command.run(session);
        }
    }

    static CommandLine line(Command command) {
        CommandLine line = new CommandLine(command);
        line.setOverwrittenOptionsAllowed(true);
        line.setExpandAtFiles(false);
        line.setUnmatchedOptionsAllowedAsOptionParameters(true);
        line.setUnmatchedOptionsArePositionalParams(false);
        line.setStopAtPositional(command instanceof Terminal);
        return line;
    }

    private static void parse(Catalogue.Entry entry, Command command, List<String> args) {
        CommandLine line = line(command);
        try {
            line.parseArgs(flags(line, args).toArray(String[]::new));
        } catch (CommandLine.UnmatchedArgumentException unknown) {
            String option = unknown.getUnmatched().get(0);
            String bare = option.contains("=") ? option.substring(0, option.indexOf('=')) : option;
            List<String> options = new ArrayList<>();
            line.getCommandSpec().options().forEach(o -> options.addAll(List.of(o.names())));
            throw Failure.usage("option provided but not defined: %s%s", bare, near(bare, options));
        } catch (CommandLine.MissingParameterException missing) {
            throw Failure.usage(
                    "option needs an argument: %s",
                    missing.getMissing().isEmpty()
                            ? entry.name()
                            : missing.getMissing().get(0) instanceof OptionSpec option ? given(option, args) : "");
        } catch (CommandLine.ParameterException wrong) {
            String option = wrong.getArgSpec() instanceof OptionSpec spec ? given(spec, args) : "";
            throw Failure.usage(
                    option.isEmpty()
                            ? wrong.getMessage()
                            : "invalid value \"" + wrong.getValue() + "\" for option " + option + ": must be a valid "
                                    + kind((OptionSpec) wrong.getArgSpec()));
        }
    }

    private static String kind(OptionSpec option) {
        return option.type() == int.class || option.type() == Integer.class ? "integer" : "value";
    }

    /** The name by which the option was given. */
    private static String given(OptionSpec option, List<String> args) {
        for (String name : option.names()) {
            for (String arg : args) {
                if (arg.equals(name) || arg.startsWith(name + "=")) {
                    return name;
                }
            }
        }
        return option.longestName();
    }

    /** `--flag=true` is the flag, `--flag=false` is nothing. */
    private static List<String> flags(CommandLine line, List<String> args) {
        List<String> plain = new ArrayList<>();
        boolean rest = false;
        for (String arg : args) {
            int equals = arg.indexOf('=');
            OptionSpec option = rest || equals < 0 || !arg.startsWith("-")
                    ? null
                    : line.getCommandSpec().findOption(arg.substring(0, equals));
            if (option != null && option.arity().max() == 0) {
                switch (arg.substring(equals + 1)) {
                    case "true", "1", "t", "TRUE", "True" -> plain.add(arg.substring(0, equals));
                    case "false", "0", "f", "FALSE", "False" -> {}
                    default ->
                        throw Failure.usage(
                                "invalid boolean value \"%s\" for option %s",
                                arg.substring(equals + 1), arg.substring(0, equals));
                }
            } else {
                plain.add(arg);
            }
            rest |= arg.equals("--");
        }
        return plain;
    }

    /** A hint at names that differ by a letter or two. */
    static String near(String word, List<String> names) {
        TreeSet<String> close = new TreeSet<>();
        int best = Math.max(1, Math.min(3, word.length() / 3));
        for (String name : names) {
            int distance = distance(word, name);
            if (distance < best) {
                close.clear();
                best = distance;
            }
            if (distance <= best) {
                close.add(name);
            }
        }
        return close.isEmpty() ? "" : "\n\nDid you mean:\n\t" + String.join("\n\t", close);
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    /**
     * Candidates for the last word.
     *
     * @param words of the line, without `juju`; the last of them may be empty
     */
    public List<String> complete(Invocation invocation, List<String> words) {
        String last = words.isEmpty() ? "" : words.get(words.size() - 1);
        if (words.size() <= 1) {
            return starting(last, catalogue.names());
        }
        Catalogue.Entry entry = catalogue.find(words.get(0));
        if (entry == null) {
            return List.of();
        }
        Command command = entry.make().get();
        CommandLine line = line(command);
        if (last.startsWith("-")) {
            List<String> options = new ArrayList<>();
            line.getCommandSpec().options().forEach(o -> options.addAll(List.of(o.names())));
            return starting(last, options);
        }
        List<String> earlier = words.subList(1, words.size() - 1);
        String previous = words.get(words.size() - 2);
        try (Session session = new Session(invocation, doors, reach, documents)) {
            OptionSpec option = previous.startsWith("-") ? line.getCommandSpec().findOption(previous) : null;
            if (option != null && option.arity().max() > 0) {
                return starting(last, Candidates.ofOption(session, command, option.longestName()));
            }
            line.parseArgs(earlier.toArray(String[]::new));
            return starting(last, command.complete(session));
        } catch (RuntimeException noHelp) {
            LOG.debug("no completion", noHelp);
            return List.of();
        }
    }

    private static List<String> starting(String prefix, List<String> all) {
        return all.stream().filter(word -> word.startsWith(prefix)).sorted().toList();
    }
}
