package org.isthmus.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.Terminal;
import org.isthmus.rpc.Commands;
import org.isthmus.rpc.Invocation;

/**
 * `juju …`, or one of its commands under the scope `juju`. It takes its arguments as they were typed.
 *
 * @param command null for `juju` itself
 * @param environment of the container's process; the session's own variables go before it
 */
record JujuFunction(Commands commands, String command, Map<String, String> environment) implements Command {

    @Override
    public String getScope() {
        return command == null ? Session.SCOPE_GLOBAL : "juju";
    }

    @Override
    public String getName() {
        return command == null ? "juju" : command;
    }

    @Override
    public String getDescription() {
        return command == null ? "Runs a juju command" : "juju " + command;
    }

    @Override
    public Parser getParser() {
        return null;
    }

    @Override
    public Object execute(Session session, List<Object> arguments) throws Exception {
        List<String> args = new ArrayList<>();
        if (command != null) {
            args.add(command);
        }
        arguments.forEach(argument -> args.add(String.valueOf(argument)));
        Process process = Process.Utils.current();
        Terminal terminal = session.getTerminal();
        boolean tty = terminal != null && process != null && process.isTty(1);
        PrintStream out = process == null ? session.getConsole() : process.out();
        // At a terminal over ssh only the console ends its lines with a carriage return.
        boolean console = process == null || terminal != null && process.isTty(2);
        PrintStream err = console ? session.getConsole() : process.err();
        InputStream in = process == null ? session.getKeyboard() : process.in();
        Map<String, String> env = SessionVariables.of(session).over(environment);
        int code = commands.run(new Invocation(
                args,
                directory(session),
                env,
                RelayRun.zone(env.get("TZ")),
                RelayRun.locale(env.getOrDefault("LC_ALL", env.getOrDefault("LANG", ""))),
                tty ? terminal.getWidth() : 0,
                in,
                out,
                err,
                tty,
                terminal == null ? null : (text, hidden) -> ask(session, text, hidden),
                (argv, added) -> new SessionTerminal(session, in, out).run(argv, env, added)));
        if (code != 0) {
            if (terminal == null || process == null) {
                // A one-shot line over ssh learns of a failure by an exception only.
                throw new JujuFailed(code);
            }
            process.error(code);
        }
        return null;
    }

    private static Path directory(Session session) {
        Path at = session.currentDir();
        return at == null ? Path.of("").toAbsolutePath() : at.toAbsolutePath();
    }

    private static String ask(Session session, String text, boolean hidden) throws IOException {
        try {
            return session.readLine(text, hidden ? Character.valueOf('\0') : null);
        } catch (RuntimeException endOfInput) {
            return null;
        }
    }

    @Override
    public Completer getCompleter(boolean scoped) {
        return new Words();
    }

    /**
     * The shell asks the completer of every command for every line, and leaves a command's own name to the completer where it
     * has one: each must see whether it is meant.
     */
    private final class Words implements Completer {
        @Override
        public int complete(Session session, CommandLine line, List<String> candidates) {
            String cursor = cursor(line);
            words(session, line).stream()
                    .filter(word -> word.startsWith(cursor))
                    .forEach(candidates::add);
            return candidates.isEmpty() ? -1 : line.getBufferPosition() - line.getArgumentPosition();
        }

        @Override
        public void completeCandidates(Session session, CommandLine line, List<Candidate> candidates) {
            words(session, line).forEach(word -> candidates.add(new Candidate(word, true)));
        }

        private List<String> words(Session session, CommandLine line) {
            String name = command == null ? "juju" : "juju:" + command;
            String[] typed = line.getArguments();
            int at = line.getCursorArgumentIndex();
            if (at == 0) {
                return name.startsWith(cursor(line)) ? List.of(name) : List.of();
            }
            if (typed.length == 0 || !typed[0].equals(name)) {
                return List.of();
            }
            List<String> words = new ArrayList<>();
            if (command != null) {
                words.add(command);
            }
            for (int i = 1; i < at && i < typed.length; i++) {
                words.add(typed[i]);
            }
            words.add(cursor(line));
            return commands.complete(
                    words, new HashMap<>(SessionVariables.of(session).over(environment)));
        }

        /** What is typed of the word at the cursor. */
        private static String cursor(CommandLine line) {
            String cursor = line.getCursorArgument();
            return cursor == null ? "" : cursor.substring(0, Math.min(line.getArgumentPosition(), cursor.length()));
        }
    }
}
