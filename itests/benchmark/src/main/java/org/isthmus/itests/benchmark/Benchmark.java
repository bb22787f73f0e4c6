package org.isthmus.itests.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** `./isthmus benchmark [NAME...]`: all figures, or those that are named; README.md says what each means. */
public final class Benchmark {
    private static final Map<String, Figure> FIGURES = new LinkedHashMap<>();

    static {
        FIGURES.put("commands", new Commands());
        FIGURES.put("commits", new Commits());
        FIGURES.put("models", new ManyModels());
        FIGURES.put("status", new FullStatuses());
        FIGURES.put("add-unit", new AddUnit());
        FIGURES.put("agents", new Agents());
        FIGURES.put("consumers", new Consumers());
        FIGURES.put("find-offers", new FindOffers());
        FIGURES.put("hooks", new Hooks());
    }

    private Benchmark() {}

    public static void main(String[] names) throws Exception {
        List<String> wanted = new ArrayList<>(names.length == 0 ? FIGURES.keySet() : List.of(names));
        for (String name : wanted) {
            if (!FIGURES.containsKey(name)) {
                System.err.println("no figure \"" + name + "\"; there are: " + String.join(" ", FIGURES.keySet()));
                System.exit(2);
            }
        }
        Report report = new Report(System.out);
        boolean failed = false;
        for (String name : wanted) {
            try {
                FIGURES.get(name).measure(report);
            } catch (Exception | AssertionError failure) {
                failed = true;
                report.note(name + " failed: " + failure);
                failure.printStackTrace();
            }
        }
        report.end();
        // Threads of a figure that failed do not keep the program.
        System.exit(failed ? 1 : 0);
    }
}
