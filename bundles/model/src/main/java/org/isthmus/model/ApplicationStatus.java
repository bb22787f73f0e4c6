package org.isthmus.model;

import java.util.Map;
import java.util.function.Function;

/** What an application's status is: the one its leader set, else the worst of its units' (core/status/status.go). */
public final class ApplicationStatus {
    private static final Map<String, Integer> SEVERITY = Map.of(
            "error", 100,
            "blocked", 90,
            "maintenance", 80,
            "waiting", 70,
            "active", 60,
            "terminated", 50,
            "unknown", 40);

    private ApplicationStatus() {}

    /** From what is durable alone: an agent that is not there does not count. Never null. */
    public static StatusValue of(Snapshot model, Application application) {
        return of(model, application, ApplicationStatus::workload);
    }

    /** {@code unknown} for an application without units. Costs the application's units. */
    public static StatusValue of(Snapshot model, Application application, Function<Unit, StatusValue> workload) {
        StatusValue explicit = application.status();
        if (explicit != null && !explicit.status().equals("unset")) {
            return explicit;
        }
        StatusValue worst = null;
        for (Unit unit : model.by(Kinds.UNITS_BY_APPLICATION, application.name())) {
            StatusValue status = workload.apply(unit);
            if (status != null && (worst == null || severity(status) > severity(worst))) {
                worst = status;
            }
        }
        return worst != null ? worst : new StatusValue("unknown", "", application.created());
    }

    /** A failed hook is the workload's trouble. */
    public static StatusValue workload(Unit unit) {
        boolean failed =
                unit.agentStatus() != null && unit.agentStatus().status().equals("error");
        return failed ? unit.agentStatus() : unit.workloadStatus();
    }

    public static int severity(StatusValue status) {
        return SEVERITY.getOrDefault(status.status(), 0);
    }
}
