package org.isthmus.shell;

import java.util.List;
import java.util.TreeMap;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;

/** `export NAME=VALUE …` for this session; alone it lists what was exported. Gogo has none. */
final class ExportFunction implements Command {
    @Override
    public String getScope() {
        return Session.SCOPE_GLOBAL;
    }

    @Override
    public String getName() {
        return "export";
    }

    @Override
    public String getDescription() {
        return "Sets variables such as JUJU_MODEL for the commands of this session";
    }

    @Override
    public Completer getCompleter(boolean scoped) {
        return null;
    }

    @Override
    public Parser getParser() {
        return null;
    }

    @Override
    public Object execute(Session session, List<Object> arguments) throws Exception {
        SessionVariables variables = SessionVariables.of(session);
        if (arguments.isEmpty()) {
            new TreeMap<>(variables.exported())
                    .forEach((name, value) -> session.getConsole().println("export " + name + "=" + value));
        }
        for (Object argument : arguments) {
            String word = String.valueOf(argument);
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                throw new CommandException("export: \"" + word + "\" is not NAME=VALUE");
            }
            Object value = equals < 0 ? session.get(name) : word.substring(equals + 1);
            if (value != null) {
                variables.set(name, value.toString());
                session.put(name, value.toString());
            }
        }
        return null;
    }
}
