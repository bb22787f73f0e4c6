package org.isthmus.model;

import java.util.Map;

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

    /** Never null; `unknown` for an application without units. Costs the application's units. */
    public static StatusValue of(Snapshot model, Application application) {
        StatusValue explicit = application.status();
        if (explicit != null && !explicit.status().equals("unset")) {
            return explicit;
        }
        StatusValue worst = null;
        for (Unit unit : model.by(Kinds.UNITS_BY_APPLICATION, application.name())) {
            StatusValue status = unit.workloadStatus();
            if (status != null && (worst == null || severity(status) > severity(worst))) {
                worst = status;
            }
        }
        return worst != null ? worst : new StatusValue("unknown", "", application.created());
    }

    private static int severity(StatusValue status) {
        return SEVERITY.getOrDefault(status.status(), 0);
    }
}
