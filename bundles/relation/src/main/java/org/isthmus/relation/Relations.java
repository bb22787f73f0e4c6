package org.isthmus.relation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.isthmus.api.Base;
import org.isthmus.api.Cidr;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.model.Application;
import org.isthmus.model.Force;
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.Relation.Endpoint;
import org.isthmus.model.RelationUnit;
import org.isthmus.model.RemoteApplication;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.RelationEngine;
import org.osgi.service.component.annotations.Component;

/** The relation engine: pure decisions, no state. */
@Component(service = RelationEngine.class)
public final class Relations implements RelationEngine {
    private static final String ROOM = "relation";

    /** Suspended because its user may not consume the offer any more. */
    private static final String REVOKE = "revoke";

    /** Which status may not follow which (reference: §3.8). */
    private static final Map<String, Set<String>> NOT_AFTER = Map.of(
            "broken", Set.of(),
            "suspending", Set.of("broken", "suspended"),
            "joining", Set.of("broken", "joined"),
            "joined", Set.of("broken"),
            "suspended", Set.of("broken"),
            "error", Set.of());

    @Override
    public Added addRelation(Tx tx, List<String> endpoints, List<String> viaCidrs, Instant now) {
        tx = tx.as(ROOM);
        List<Endpoint> pair = Endpoints.sorted(Inference.pair(tx.now(), endpoints));
        String key = Endpoints.key(pair);
        needRelatable(tx.now(), key, pair);
        for (Relation existing : tx.now().by(Kinds.RELATIONS_BY_KEY, key)) {
            boolean alive = existing.life() == Life.ALIVE;
            throw cannotAdd(
                    key,
                    Code.ALREADY_EXISTS,
                    "relation " + key + (alive ? " already exists" : " is dying, but not yet removed"));
        }
        if (Endpoints.isContainer(pair.get(0), pair.get(1))) {
            needCommonBase(tx.now(), key, pair);
        }
        for (Endpoint endpoint : pair) {
            needRoom(tx.now(), key, endpoint);
        }
        List<String> egress = egress(viaCidrs);
        int number = put(tx, key, pair, egress, now);
        Map<String, Endpoint> byApplication = new LinkedHashMap<>();
        pair.forEach(endpoint -> byApplication.put(endpoint.application(), endpoint));
        return new Added(number, key, byApplication);
    }

    private static void needRelatable(Snapshot model, String key, List<Endpoint> pair) {
        int remotes = 0;
        for (Endpoint endpoint : pair) {
            String name = endpoint.application();
            Life life;
            if (Inference.isRemote(model, name)) {
                remotes++;
                RemoteApplication remote = model.get(Kinds.REMOTE_APPLICATION, name);
                life = remote.life();
                if (remote.status() != null
                        && "terminated".equals(remote.status().status())) {
                    throw cannotAdd(key, Code.NONE, "remote offer " + name + " is terminated");
                }
            } else {
                life = model.need(Kinds.APPLICATION, name).life();
            }
            if (life != Life.ALIVE) {
                throw cannotAdd(key, Code.NONE, "application \"" + name + "\" is not alive");
            }
        }
        if (remotes == pair.size()) {
            throw cannotAdd(key, Code.NONE, "cannot relate two remote applications");
        }
        if (remotes > 0 && Endpoints.isContainer(pair.get(0), pair.get(1))) {
            throw cannotAdd(key, Code.NONE, "both endpoints must be globally scoped for remote relations");
        }
    }

    private static int put(Tx tx, String key, List<Endpoint> endpoints, List<String> egress, Instant now) {
        int number = Math.toIntExact(tx.next("relation"));
        tx.put(
                Kinds.RELATION,
                new Relation(
                        number,
                        key,
                        endpoints,
                        Life.ALIVE,
                        new StatusValue("joining", "", now),
                        false,
                        null,
                        null,
                        egress,
                        false,
                        null,
                        now));
        return number;
    }

    private static Refused cannotAdd(String key, Code code, String why) {
        return Problem.refuse(code, "cannot add relation \"%s\": %s", key, why);
    }

    /** Units of both run on one machine, so both must run on its base. */
    private static void needCommonBase(Snapshot model, String key, List<Endpoint> pair) {
        Base first = base(model, pair.get(0));
        Base second = base(model, pair.get(1));
        if (first != null && second != null && !first.toString().equals(second.toString())) {
            throw cannotAdd(key, Code.NONE, "principal and subordinate applications' bases must match");
        }
    }

    private static Base base(Snapshot model, Endpoint endpoint) {
        Application application = model.get(Kinds.APPLICATION, endpoint.application());
        return application.origin() == null ? null : application.origin().base();
    }

    private static void needRoom(Snapshot model, String key, Endpoint endpoint) {
        if (endpoint.limit() <= 0) {
            return;
        }
        long used = model.by(Kinds.RELATIONS_BY_APPLICATION, endpoint.application()).stream()
                .filter(r -> endpoint.name()
                        .equals(r.endpointOf(endpoint.application()).name()))
                .count();
        if (used >= endpoint.limit()) {
            throw cannotAdd(
                    key,
                    Code.QUOTA_LIMIT_EXCEEDED,
                    "establishing a new relation for " + endpoint + " would exceed its maximum relation limit of "
                            + endpoint.limit());
        }
    }

    private static List<String> egress(List<String> viaCidrs) {
        if (viaCidrs == null) {
            return List.of();
        }
        return viaCidrs.stream()
                .map(cidr -> Cidr.source(cidr).toString())
                .distinct()
                .toList();
    }

    @Override
    public void addPeers(Tx tx, String application, Instant now) {
        tx = tx.as(ROOM);
        Application of = tx.need(Kinds.APPLICATION, application);
        for (Endpoint endpoint : Endpoints.of(tx.now(), of).values()) {
            if (!endpoint.role().equals(Endpoints.PEER)) {
                continue;
            }
            String key = endpoint.toString();
            if (tx.now().count(Kinds.RELATIONS_BY_KEY, key) == 0) {
                put(tx, key, List.of(endpoint), List.of(), now);
            }
        }
    }

    @Override
    public int find(Snapshot model, List<String> endpoints) {
        return Inference.existing(model, endpoints).number();
    }

    @Override
    public void destroyRelation(Tx tx, int relation, Force force, Instant now) {
        Endings.destroy(tx.as(ROOM), relation, force);
    }

    @Override
    public void setSuspended(Tx tx, int relation, boolean suspended, String reason, String cause, Instant now) {
        tx = tx.as(ROOM);
        Relation at = Scopes.need(tx.now(), relation);
        if (at.isPeer()) {
            throw Problem.notValid(
                    "cannot set suspend status for \"%s\" which is not associated with an offer", at.key());
        }
        String message = reason == null ? "" : reason;
        if (at.suspended() == suspended) {
            if (suspended && counts(at, message, cause)) {
                tx.put(
                        Kinds.RELATION,
                        at.withSuspendedReason(message)
                                .withSuspendedCause(cause)
                                .withStatus(new StatusValue(at.status().status(), message, now)));
            }
            return;
        }
        tx.put(
                Kinds.RELATION,
                at.withSuspended(suspended)
                        .withSuspendedReason(suspended ? message : null)
                        .withSuspendedCause(suspended ? cause : null)
                        .withStatus(
                                suspended
                                        ? new StatusValue("suspending", message, now)
                                        : new StatusValue("joining", "", now)));
        if (suspended) {
            Progress.left(tx, relation);
        } else {
            Progress.entered(tx, relation, now);
        }
    }

    /** Of a relation that is suspended already: what is new, but that nobody may resume it is not hidden by an admin's word. */
    private static boolean counts(Relation at, String reason, String cause) {
        boolean hides = REVOKE.equals(at.suspendedCause()) && !REVOKE.equals(cause);
        boolean known = reason.equals(at.suspendedReason()) && Objects.equals(cause, at.suspendedCause());
        return !hides && !known;
    }

    @Override
    public void setStatus(Tx tx, int relation, StatusValue status) {
        tx = tx.as(ROOM);
        Relation at = Scopes.need(tx.now(), relation);
        Set<String> notAfter = NOT_AFTER.get(status.status());
        if (notAfter == null) {
            throw Problem.notValid("cannot set invalid status \"%s\"", status.status());
        }
        String current = at.status().status();
        if (!current.equals(status.status())) {
            if (notAfter.contains(current)) {
                throw Problem.notValid(
                        "cannot set status \"%s\" when relation has status \"%s\"", status.status(), current);
            }
            if (status.status().equals("error") && status.message().isEmpty()) {
                throw Problem.notValid("cannot set status \"error\" without info");
            }
        }
        tx.put(Kinds.RELATION, at.withStatus(status));
        Progress.entered(tx, relation, status.since());
    }

    @Override
    public String enterScope(Tx tx, int relation, String unit, Map<String, String> settings) {
        return enterScope(
                tx,
                relation,
                unit,
                settings,
                Scopes.need(tx.now(), relation).status().since());
    }

    @Override
    public String enterScope(Tx tx, int relation, String unit, Map<String, String> settings, Instant now) {
        tx = tx.as(ROOM);
        String subordinate = Scopes.enter(tx, relation, unit, settings);
        Progress.entered(tx, relation, now);
        return subordinate;
    }

    @Override
    public void leaveScope(Tx tx, int relation, String unit) {
        Endings.leave(tx.as(ROOM), relation, unit);
    }

    @Override
    public void writeUnitSettings(Tx tx, int relation, String unit, Map<String, String> changes) {
        Scopes.write(tx.as(ROOM), relation, unit, changes);
    }

    @Override
    public void writeApplicationSettings(Tx tx, int relation, String application, Map<String, String> changes) {
        Scopes.writeApplication(tx.as(ROOM), relation, application, changes);
    }

    @Override
    public void updateAddresses(Tx tx, String unit, Map<String, String> addressSettings) {
        tx = tx.as(ROOM);
        for (int relation : Scopes.of(tx, unit)) {
            Map<String, String> shown =
                    Addresses.shown(tx.now(), Scopes.need(tx.now(), relation), unit, addressSettings);
            Scopes.write(tx, relation, unit, shown);
        }
    }

    @Override
    public Map<String, String> networks(Snapshot model, Integer relation, String unit, String address) {
        Relation at = relation == null ? null : model.get(Kinds.RELATION, Integer.toString(relation));
        boolean member = at != null && at.endpointOf(Names.applicationOf(unit)) != null;
        return Addresses.of(model, member ? at : null, unit, address);
    }

    @Override
    public void showNetworks(Tx outer) {
        Tx tx = outer.as(ROOM);
        for (RemoteApplication remote : tx.now().all(Kinds.REMOTE_APPLICATION)) {
            for (Relation relation : tx.now().listBy(Kinds.RELATIONS_BY_APPLICATION, remote.name())) {
                for (RelationUnit unit : tx.now().listBy(Kinds.RELATION_UNITS_IN_SCOPE, relation.id())) {
                    Map<String, String> networks = Addresses.networks(tx.now(), relation, unit);
                    Scopes.write(tx, relation.number(), unit.unit(), networks);
                }
            }
        }
    }

    @Override
    public void forceOut(Tx tx, String unit) {
        Endings.leaveAll(tx.as(ROOM), unit);
    }

    @Override
    public List<Endpoint> endpoints(Snapshot model, String application) {
        Collection<Endpoint> all =
                Endpoints.of(model, model.need(Kinds.APPLICATION, application)).values();
        return new ArrayList<>(all);
    }

    @Override
    public List<String> members(Snapshot model, int relation, String unit) {
        return Scopes.members(model, relation, unit);
    }

    @Override
    public void settle(Tx tx, Instant now) {
        Endings.settle(tx.as(ROOM), now);
    }
}
