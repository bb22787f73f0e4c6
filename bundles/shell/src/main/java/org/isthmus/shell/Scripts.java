package org.isthmus.shell;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;

/**
 * The scripts that wait for their session. Karaf makes the session of a line over ssh, with what its user may do; all that it does
 * with the line itself is to run it whole, and to say of a failure that there was one. So it gets a line of this command.
 */
final class Scripts implements Command {
    private final Map<String, Script> waiting = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();

    /** @return the line that runs the script, once */
    String line(Script script) {
        String key = Long.toString(number.incrementAndGet());
        waiting.put(key, script);
        return getScope() + ":" + getName() + " " + key;
    }

    /** Of a script whose session never came, too. */
    void forget(Script script) {
        waiting.values().remove(script);
    }

    @Override
    public String getScope() {
        return "isthmus";
    }

    @Override
    public String getName() {
        return "script";
    }

    @Override
    public String getDescription() {
        return "Runs the lines that came over ssh";
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
    public Object execute(Session session, List<Object> arguments) {
        Script script = arguments.isEmpty() ? null : waiting.remove(String.valueOf(arguments.get(0)));
        if (script != null) {
            script.run(session::execute, Process.Utils.current().err());
        }
        return null;
    }
}
