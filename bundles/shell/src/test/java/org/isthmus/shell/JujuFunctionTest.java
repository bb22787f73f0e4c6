package org.isthmus.shell;

import static org.junit.Assert.assertEquals;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.isthmus.cli.Doors;
import org.isthmus.cli.Main;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What the tab key offers: the shell asks every command about every line. */
public class JujuFunctionTest {
    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    private final Main main = new Main(new Doors(null, Path.of("/"), Path.of("/")));

    @After
    public void close() {
        main.close();
    }

    private List<String> offered(String... typed) {
        Map<String, String> environment =
                Map.of("JUJU_DATA", temp.getRoot().toPath().toString());
        List<Completer> completers = new ArrayList<>();
        completers.add(new JujuFunction(main, null, environment).getCompleter(false));
        for (String command : main.names()) {
            completers.add(new JujuFunction(main, command, environment).getCompleter(false));
        }
        List<String> simple = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        for (Completer completer : completers) {
            completer.complete(session(), line(typed), simple);
            completer.completeCandidates(session(), line(typed), candidates);
        }
        List<String> shown = candidates.stream()
                .map(Candidate::value)
                .filter(word -> word.startsWith(typed[typed.length - 1]))
                .sorted()
                .toList();
        assertEquals(shown, simple.stream().sorted().toList());
        return shown;
    }

    /** The cursor is behind the last word. */
    private static CommandLine line(String... words) {
        String text = String.join(" ", words);
        String last = words[words.length - 1];
        Map<String, Object> answers = Map.of(
                "getCursorArgumentIndex",
                words.length - 1,
                "getCursorArgument",
                last,
                "getArgumentPosition",
                last.length(),
                "getArguments",
                words,
                "getBufferPosition",
                text.length(),
                "getBuffer",
                text);
        return (CommandLine) Proxy.newProxyInstance(
                CommandLine.class.getClassLoader(),
                new Class<?>[] {CommandLine.class},
                (self, method, args) -> answers.get(method.getName()));
    }

    private static Session session() {
        Map<Object, Object> variables = new HashMap<>();
        return (Session) Proxy.newProxyInstance(
                Session.class.getClassLoader(),
                new Class<?>[] {Session.class},
                (self, method, args) -> switch (method.getName()) {
                    case "get" -> variables.get(args[0]);
                    case "put" -> variables.put(args[0], args[1]);
                    default -> null;
                });
    }

    @Test
    public void onlyTheCommandOfTheLineAnswers() {
        assertEquals(List.of("add-machine", "add-model"), offered("juju", "add-m"));
        assertEquals(List.of("--allowed-consumer"), offered("juju", "offers", "--al"));
        assertEquals(List.of("--allowed-consumer"), offered("juju:offers", "--al"));
        assertEquals(List.of(), offered("juju", "config", ""));
        assertEquals(List.of(), offered("bundle:list", ""));
    }

    @Test
    public void theNamesAreOfferedToo() {
        assertEquals(List.of("juju:show-offer"), offered("juju:show-of"));
        assertEquals("juju", offered("juj").get(0));
        assertEquals(List.of(), offered("bundle:l"));
    }
}
