package org.isthmus.itests.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.isthmus.itests.harness.CharmFolder;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Wait;

/**
 * From `relation-set` in one unit's hook to the start of the hook that it causes at another unit: within a model, to another
 * model, and to another controller. All three are told by the same hook, so that they are measured at the same moment.
 */
final class Hooks implements Figure {
    private static final int ROUNDS = 21;
    /** Until then agents and controllers run code that nobody has compiled yet. */
    private static final int WARM = 80;
    /** Of those, the first: what a new deployment is like. */
    private static final int COLD = 5;

    private static final int CROWD = 200;
    private static final String WITHIN = "within a model";
    private static final String FLOOR = "floor";
    private static final Duration SOON = Duration.ofMinutes(3);

    @Override
    public void measure(Report report) throws Exception {
        Distribution isthmus = new Distribution("hooks");
        isthmus.prepare();
        boolean ended = false;
        try {
            isthmus.start();
            Map<String, Path> heard = build(isthmus);
            try (Commands.Echo echo = new Commands.Echo()) {
                Rounds.Measure floor = Rounds.secondsEach(5, () -> {
                    echo.ask();
                    new ProcessBuilder("bash", "-c", ":").start().waitFor();
                });
                Rounds cold = rounds(isthmus, heard, floor, COLD, "cold").get(WITHIN);
                rounds(isthmus, heard, floor, WARM, "warm");
                Map<String, Rounds> few = rounds(isthmus, heard, floor, ROUNDS, "few");
                report(report, few);
                report.note(
                        String.format("the first %d, right after the deployment: %.1f ms", COLD, cold.median() * 1e3));
                crowd(isthmus);
                rounds(isthmus, heard, floor, WARM / 4, "warm-crowd");
                report.compare(
                        "the same, of a unit with " + CROWD + " relations more",
                        "%.1f ms",
                        1e3,
                        rounds(isthmus, heard, floor, ROUNDS, "many").get(WITHIN),
                        WITHIN,
                        few.get(WITHIN));
            }
            ended = true;
        } finally {
            isthmus.end();
            if (ended) {
                isthmus.delete();
            }
        }
    }

    private static void report(Report report, Map<String, Rounds> seconds) {
        Rounds within = seconds.get(WITHIN);
        report.compare(
                "relation-set to the other side's hook, within a model",
                "%.1f ms",
                1e3,
                within,
                "loopback round trip and start of bash",
                seconds.get(FLOOR));
        seconds.forEach((name, values) -> {
            if (!name.equals(WITHIN) && !name.equals(FLOOR)) {
                report.compare(
                        "relation-set to the other side's hook, " + name, "%.1f ms", 1e3, values, WITHIN, within);
            }
        });
    }

    /** The speaker speaks so often, and each listener is waited for. */
    private static Map<String, Rounds> rounds(
            Distribution isthmus, Map<String, Path> heard, Rounds.Measure floor, int rounds, String word)
            throws Exception {
        Map<String, double[]> seconds = new LinkedHashMap<>();
        heard.keySet().forEach(listener -> seconds.put(listener, new double[rounds]));
        seconds.put(FLOOR, new double[rounds]);
        for (int round = 0; round < rounds; round++) {
            String text = word + round;
            isthmus.juju("config", "-m", "figures:one", "speaker", "text=" + text)
                    .ok();
            for (Map.Entry<String, Path> listener : heard.entrySet()) {
                seconds.get(listener.getKey())[round] = took(isthmus, listener.getValue(), text);
            }
            seconds.get(FLOOR)[round] = floor.once();
        }
        Map<String, Rounds> all = new LinkedHashMap<>();
        seconds.forEach((name, values) -> all.put(name, new Rounds(values)));
        return all;
    }

    /** Relations of the speaker with applications that have no units; what it is told next it hears after them. */
    private static void crowd(Distribution isthmus) throws IOException {
        String charm = listener(isthmus, "crowd", isthmus.folder("heard").resolve("crowd"))
                .path()
                .toString();
        StringBuilder bundle = new StringBuilder("applications:\n");
        for (int i = 0; i < CROWD; i++) {
            bundle.append("  crowd" + i + ": {charm: " + charm + ", num_units: 0}\n");
        }
        Path file = isthmus.folder("heard").resolve("crowd.yaml");
        Files.writeString(file, bundle);
        isthmus.juju("deploy", "-m", "figures:one", file.toString()).ok();
        for (int i = 0; i < CROWD; i++) {
            isthmus.juju("integrate", "-m", "figures:one", "crowd" + i + ":hello", "speaker:hello")
                    .ok();
        }
    }

    private static Map<String, Path> build(Distribution isthmus) throws IOException {
        Map<String, Path> heard = new LinkedHashMap<>();
        isthmus.with("JUJU_DEV_FEATURE_FLAGS", "cross-model");
        isthmus.juju("bootstrap", "localhost", "other", "--no-default-model").ok();
        isthmus.juju("bootstrap", "localhost", "figures", "--no-default-model").ok();
        isthmus.juju("add-model", "-c", "figures", "one").ok();
        isthmus.juju("add-model", "-c", "figures", "two").ok();
        isthmus.juju("add-model", "-c", "other", "three").ok();
        isthmus.juju("deploy", "-m", "figures:one", speaker(isthmus).path().toString())
                .ok();
        for (String model : List.of("figures:one", "figures:two", "other:three")) {
            String name = "listener-" + model.substring(model.indexOf(':') + 1);
            Path file = isthmus.folder("heard").resolve(name);
            Files.createFile(file);
            isthmus.juju(
                            "deploy",
                            "-m",
                            model,
                            listener(isthmus, name, file).path().toString())
                    .ok();
            heard.put(
                    switch (model) {
                        case "figures:one" -> WITHIN;
                        case "figures:two" -> "to another model";
                        default -> "to another controller";
                    },
                    file);
        }
        isthmus.juju("integrate", "-m", "figures:one", "listener-one:hello", "speaker:hello")
                .ok();
        isthmus.juju("offer", "-c", "figures", "one.speaker:hello").ok();
        isthmus.juju("consume", "-m", "figures:two", "admin/one.speaker").ok();
        isthmus.juju("integrate", "-m", "figures:two", "listener-two:hello", "speaker:hello")
                .ok();
        isthmus.juju("consume", "-m", "other:three", "figures:admin/one.speaker")
                .ok();
        isthmus.juju("integrate", "-m", "other:three", "listener-three:hello", "speaker:hello")
                .ok();
        for (Path file : heard.values()) {
            await(isthmus, file, "first");
        }
        return heard;
    }

    private static Path told(Distribution isthmus) {
        return isthmus.folder("heard").resolve("told");
    }

    /** Says when it has told all: what it told leaves with the end of its hook. */
    private static CharmFolder speaker(Distribution isthmus) {
        String tell =
                """
                text=$(config-get text)
                for id in $(relation-ids hello | head -n 3); do
                  relation-set -r "$id" text="$text"
                done
                echo "$text $EPOCHREALTIME" >> %s
                """
                        .formatted(told(isthmus));
        return CharmFolder.in(
                        isthmus.folder("charms/speaker"),
                        "name: speaker\nsummary: s\ndescription: d\nprovides:\n  hello: {interface: greeting}\n")
                .file("config.yaml", "options:\n  text: {type: string, default: first, description: d}\n")
                .hook("start", "status-set active\n")
                .hook("config-changed", tell)
                .hook("hello-relation-joined", "relation-set text=\"$(config-get text)\"\n");
    }

    private static CharmFolder listener(Distribution isthmus, String name, Path heard) {
        return CharmFolder.in(
                        isthmus.folder("charms/" + name),
                        "name: " + name + "\nsummary: s\ndescription: d\nrequires:\n  hello: {interface: greeting}\n")
                .hook("start", "status-set active\n")
                .hook(
                        "hello-relation-changed",
                        "now=$EPOCHREALTIME\ntext=$(relation-get text)\n[ -z \"$text\" ] || echo \"$text $now\" >> "
                                + heard + "\n");
    }

    private static double took(Distribution isthmus, Path file, String text) {
        return time(await(isthmus, file, text)) - time(await(isthmus, told(isthmus), text));
    }

    private static double time(String line) {
        return Double.parseDouble(line.split(" ")[1]);
    }

    private static String await(Distribution isthmus, Path file, String text) {
        List<String> found = new ArrayList<>();
        Wait.until(
                file.getFileName() + " hears " + text,
                SOON,
                () -> {
                    found.clear();
                    Files.readAllLines(file).stream()
                            .filter(line -> line.startsWith(text + " "))
                            .forEach(found::add);
                    return !found.isEmpty();
                },
                () -> isthmus.juju("status", "-m", "figures:one", "--relations") + "\n"
                        + isthmus.juju("status", "-m", "figures:two") + isthmus.juju("status", "-m", "other:three")
                        + isthmus.logTail(40));
        return found.get(0);
    }
}
