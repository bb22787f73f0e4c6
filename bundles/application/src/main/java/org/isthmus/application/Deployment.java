package org.isthmus.application;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.api.Base;
import org.isthmus.api.Code;
import org.isthmus.api.Constraints;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.charm.CharmManifest.CharmBase;
import org.isthmus.charm.CharmMetadata;
import org.isthmus.model.Application;
import org.isthmus.model.Application.CharmOrigin;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.Unit;
import org.isthmus.model.UnitState;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.ApplicationEngine.AddUnits;
import org.isthmus.model.engine.ApplicationEngine.Deploy;
import org.isthmus.model.engine.ApplicationEngine.Placement;

/** New applications and new units. */
final class Deployment {
    private Deployment() {}

    static void deploy(Tx tx, Deploy deploy) {
        String name = deploy.name();
        if (!Names.isApplication(name)) {
            throw refused(Code.NOT_VALID, name, "invalid name");
        }
        ModelRecord model = tx.now().model();
        if (model != null && model.life() != Life.ALIVE) {
            throw refused(
                    Code.NONE,
                    name,
                    "model \"" + model.name() + "\" is " + model.life().word());
        }
        if (tx.now().has(Kinds.APPLICATION, name)) {
            throw refused(Code.ALREADY_EXISTS, name, "application already exists");
        }
        CharmRecord charm = tx.need(Kinds.CHARM, deploy.charmUrl());
        boolean subordinate = charm.charm().metadata().subordinate();
        Constraints constraints = deploy.constraints() == null ? Constraints.NONE : deploy.constraints();
        List<Placement> placement = deploy.placement() == null ? List.of() : deploy.placement();
        if (subordinate && (deploy.units() > 0 || !placement.isEmpty())) {
            throw Problem.notValid("subordinate application must be deployed without units");
        }
        if (subordinate && !constraints.isEmpty()) {
            throw subordinateConstraints();
        }
        if (deploy.units() < 0) {
            throw Problem.notValid("number of units must not be negative: %d", deploy.units());
        }
        needFew(deploy.units());
        Map<String, Object> config = new LinkedHashMap<>();
        if (deploy.config() != null) {
            config.putAll(deploy.config());
        }
        boolean trust = deploy.trust();
        if (config.containsKey(Options.TRUST) && !charm.charm().config().containsKey(Options.TRUST)) {
            trust = Options.trust(config.remove(Options.TRUST));
        }
        Map<String, Object> settings = Options.typed(charm.charm(), config);
        settings.values().removeIf(java.util.Objects::isNull);
        Map<String, String> bindings = deploy.bindings() == null ? Map.of() : deploy.bindings();
        needEndpoints(charm.charm().metadata(), bindings);
        tx.put(
                Kinds.APPLICATION,
                new Application(
                        name,
                        charm.url(),
                        origin(deploy.origin(), charm),
                        Life.ALIVE,
                        subordinate,
                        false,
                        Map.of(),
                        settings,
                        trust,
                        constraints,
                        bindings,
                        null,
                        deploy.token(),
                        0,
                        0,
                        false,
                        null,
                        deploy.now()));
        if (deploy.units() > 0) {
            addUnits(tx, new AddUnits(name, deploy.units(), placement, deploy.now()));
        }
    }

    private static RuntimeException refused(Code code, String name, String why) {
        return Problem.refuse(code, "cannot add application \"%s\": %s", name, why);
    }

    static RuntimeException subordinateConstraints() {
        return Problem.notValid("constraints do not apply to subordinate applications");
    }

    private static void needEndpoints(CharmMetadata metadata, Map<String, String> bindings) {
        for (String endpoint : bindings.keySet()) {
            if (!endpoint.isEmpty()
                    && !endpoint.equals("juju-info")
                    && !metadata.endpoints().containsKey(endpoint)
                    && !metadata.extraBindings().containsKey(endpoint)) {
                throw Problem.notValid("unknown endpoint \"%s\"", endpoint);
            }
        }
    }

    /** An origin always names a base where the charm gives one to choose: relations within machines compare them. */
    private static CharmOrigin origin(CharmOrigin origin, CharmRecord charm) {
        CharmOrigin given = origin == null
                ? new CharmOrigin(charm.source(), null, null, null, charm.revision(), null, null, null, null)
                : origin;
        if (given.base() != null || charm.charm().manifest().bases().isEmpty()) {
            return given;
        }
        CharmBase first = charm.charm().manifest().bases().get(0);
        return new CharmOrigin(
                given.source(),
                given.charmHubId(),
                given.hash(),
                given.risk(),
                given.revision(),
                given.track(),
                given.branch(),
                given.architecture(),
                new Base(first.name(), first.channel()));
    }

    static List<String> addUnits(Tx tx, AddUnits add) {
        Application application = tx.need(Kinds.APPLICATION, add.application());
        if (application.subordinate()) {
            throw cannotAddUnit(application, "application is a subordinate");
        }
        if (application.life() != Life.ALIVE) {
            throw cannotAddUnit(application, "application is not alive");
        }
        if (add.count() < 1) {
            throw Problem.notValid("must add at least one unit");
        }
        needFew(add.count());
        List<Placement> placement = add.placement() == null ? List.of() : add.placement();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < add.count(); i++) {
            String name = nextName(tx, application);
            String machine =
                    Machines.place(tx, name, application, i < placement.size() ? placement.get(i) : null, add.now());
            put(tx, application, name, machine, null, add.now());
            names.add(name);
        }
        return names;
    }

    private static void needFew(int units) {
        if (units > ApplicationEngine.MOST_AT_A_TIME) {
            throw Problem.notValid(
                    "cannot add more than %d units at a time: %d", ApplicationEngine.MOST_AT_A_TIME, units);
        }
    }

    private static RuntimeException cannotAddUnit(Application application, String why) {
        return Problem.refuse(Code.NONE, "cannot add unit to application \"%s\": %s", application.name(), why);
    }

    private static String nextName(Tx tx, Application application) {
        return application.name() + "/" + tx.next("unit-" + application.name());
    }

    private static void put(
            Tx tx, Application application, String name, String machine, String principal, Instant now) {
        tx.put(
                Kinds.UNIT,
                new Unit(
                        name,
                        application.name(),
                        Life.ALIVE,
                        machine,
                        principal,
                        null,
                        null,
                        new StatusValue("waiting", "waiting for machine", now),
                        new StatusValue("allocating", "", now),
                        null,
                        List.of(),
                        null,
                        false,
                        null,
                        null,
                        now));
        tx.put(Kinds.UNIT_STATE, new UnitState(name, 0, null, new TreeMap<>()));
    }

    static String ensureSubordinate(Tx tx, String name, String principalUnit, Instant now) {
        Application application = tx.need(Kinds.APPLICATION, name);
        Unit principal = tx.need(Kinds.UNIT, principalUnit);
        if (!application.subordinate()) {
            throw cannotAddUnit(application, "application is not a subordinate");
        }
        if (principal.principal() != null) {
            throw cannotAddUnit(application, "unit \"" + principalUnit + "\" is not a principal");
        }
        for (Unit beside : tx.now().by(Kinds.UNITS_BY_PRINCIPAL, principalUnit)) {
            if (beside.application().equals(name)) {
                if (beside.life() == Life.ALIVE) {
                    return beside.name();
                }
                throw Problem.refuse(
                        Code.CANNOT_ENTER_SCOPE_YET,
                        "cannot enter scope yet: non-alive subordinate unit has not been removed");
            }
        }
        if (application.life() != Life.ALIVE || principal.life() != Life.ALIVE) {
            throw Problem.refuse(Code.CANNOT_ENTER_SCOPE, "cannot enter scope: unit or relation is not alive");
        }
        String unit = nextName(tx, application);
        put(tx, application, unit, null, principalUnit, now);
        return unit;
    }
}
