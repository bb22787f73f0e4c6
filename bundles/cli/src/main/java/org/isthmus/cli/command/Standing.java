package org.isthmus.cli.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.isthmus.cli.Doors;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.rpc.ControllerHost.Status;

/**
 * How controllers of this container stand that do not run. Whoever dials one hears no more than that nobody answers, or a stranger
 * who has its port; the container knows why.
 */
final class Standing {
    private static final String FAILED = "failed: ";

    private Standing() {}

    /** Why the controller cannot run, with the way out; null where that is not known here. */
    static String failure(Doors doors, String uuid) {
        Status status = of(doors.host(), uuid);
        return status == null || !status.state().startsWith(FAILED) ? null : line(status) + "\n\n" + wayOut(doors);
    }

    /** Why nobody answers for the controller; null where that is not known here. */
    static String absence(Doors doors, String uuid) {
        Status status = of(doors.host(), uuid);
        if (status == null || status.state().equals("running")) {
            return null;
        }
        return status.state().startsWith(FAILED) ? failure(doors, uuid) : line(status) + "; try again";
    }

    private static Status of(ControllerHost host, String uuid) {
        if (host == null) {
            return null;
        }
        return host.controllers().stream()
                .filter(each -> each.uuid().equals(uuid))
                .findFirst()
                .orElse(null);
    }

    /** A line for each that does not run, and what to do; nothing when all do. */
    static List<String> ailing(Doors doors) {
        List<String> lines = new ArrayList<>();
        boolean failed = false;
        for (Status each :
                doors.host() == null ? List.<Status>of() : doors.host().controllers()) {
            if (!each.state().equals("running")) {
                lines.add(line(each));
                failed |= each.state().startsWith(FAILED);
            }
        }
        if (failed) {
            lines.addAll(wayOut(doors).lines().toList());
        }
        return lines;
    }

    private static String line(Status status) {
        return status.state().startsWith(FAILED)
                ? "controller \"" + status.name() + "\" cannot run: "
                        + status.state().substring(FAILED.length())
                : "controller \"" + status.name() + "\" does not run now: " + status.state();
    }

    private static String wayOut(Doors doors) {
        Path base = doors.base();
        return "End what is in its way: this container tries again by itself, at least every 30 seconds.\n"
                + "More is said in " + (base == null ? "the container's log" : base.resolve("log/karaf.log")) + ".";
    }
}
