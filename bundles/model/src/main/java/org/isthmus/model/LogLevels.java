package org.isthmus.model;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;

/** What a `logging-config` lets into a model's log, such as `<root>=WARNING;unit=DEBUG`: of the modules named, the nearest counts. */
public final class LogLevels {
    public static final String SETTING = "logging-config";
    public static final String DEFAULT = "<root>=INFO";
    /** What a line can be, from the least to the most severe. */
    public static final List<String> NAMES = List.of("TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL");

    /** Of a line that does not say its own. */
    public static final String UNSAID = "INFO";

    private static final List<String> LEVELS =
            Stream.concat(Stream.of("UNSPECIFIED"), NAMES.stream()).toList();
    private static final String ROOT = "<root>";

    private final Map<String, Integer> least;

    private LogLevels(Map<String, Integer> least) {
        this.least = least;
    }

    /** Refuses what is none; a level alone is the root's. */
    public static LogLevels parse(String text) {
        Map<String, Integer> least = new TreeMap<>();
        least.put(ROOT, LEVELS.indexOf("INFO"));
        String[] parts = text.strip().split("[;,\\s]+");
        for (String part : parts) {
            int equals = part.indexOf('=');
            if (part.isEmpty()) {
                continue;
            }
            if (equals < 0 && parts.length > 1 || equals == 0) {
                throw Problem.notValid("logging-config: expected \"module=level\", found \"%s\"", part);
            }
            String said = part.substring(equals + 1).toUpperCase(Locale.ROOT);
            int level = LEVELS.indexOf(said.equals("WARN") ? "WARNING" : said);
            if (level < 0) {
                throw Problem.notValid("logging-config: unknown severity level \"%s\"", part.substring(equals + 1));
            }
            if (level > 0) {
                least.put(equals < 0 ? ROOT : part.substring(0, equals), level);
            }
        }
        return new LogLevels(least);
    }

    /** A store of before this was checked may hold anything: agents must not lose their logs by it. */
    public static LogLevels of(ModelRecord model) {
        Object set = model.config().get(SETTING);
        try {
            return parse(set == null ? DEFAULT : set.toString());
        } catch (Refused unreadable) {
            return parse(DEFAULT);
        }
    }

    /**
     * @param module `unit.mysql/0.juju-log` is below `unit.mysql/0`, and that below `unit`
     * @param level null where the line does not say
     */
    public boolean lets(String module, String level) {
        String at = module == null ? "" : module;
        while (!at.isEmpty() && !least.containsKey(at)) {
            at = at.substring(0, Math.max(0, at.lastIndexOf('.')));
        }
        return LEVELS.indexOf(level == null ? UNSAID : level) >= least.get(at.isEmpty() ? ROOT : at);
    }
}
