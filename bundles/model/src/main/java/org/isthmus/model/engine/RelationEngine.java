package org.isthmus.model.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.isthmus.model.Force;
import org.isthmus.model.Relation.Endpoint;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;

/** Decides about relations (reference: inference, scopes, settings). Owns relation, relation-unit, relation-application. */
public interface RelationEngine {
    /** @param endpoints by application */
    record Added(int number, String key, Map<String, Endpoint> endpoints) {}

    /** Each endpoint `app` or `app:endpoint`. Refusals start `cannot add relation "<key>": `. */
    Added addRelation(Tx tx, List<String> endpoints, List<String> viaCidrs, Instant now);

    /** The peer relations of a new application; idempotent. */
    void addPeers(Tx tx, String application, Instant now);

    /** Finds an existing relation by 1 or 2 endpoint words; refuses with `relation "a:x b:y" not found`. */
    int find(Snapshot model, List<String> endpoints);

    /**
     * By number. Removed at once where no unit is in scope, else Dying until the last has left; forced, whoever has not left when
     * it is due is let out by {@link #settle}. Refuses for peers.
     */
    void destroyRelation(Tx tx, int relation, Force force, Instant now);

    void setSuspended(Tx tx, int relation, boolean suspended, String reason, String cause, Instant now);

    void setStatus(Tx tx, int relation, StatusValue status);

    /**
     * A unit enters: idempotent. Creates its settings. The answer names the subordinate application whose unit must now be beside
     * this principal (the application engine makes it), or null.
     */
    String enterScope(Tx tx, int relation, String unit, Map<String, String> settings);

    /** As above; with the first unit of the last side the relation is `joined`, since now. */
    default String enterScope(Tx tx, int relation, String unit, Map<String, String> settings, Instant now) {
        return enterScope(tx, relation, unit, settings);
    }

    /** A unit leaves; the last one of a dying relation takes the relation with it. */
    void leaveScope(Tx tx, int relation, String unit);

    /** Empty values delete keys. The version rises only when something changed. */
    void writeUnitSettings(Tx tx, int relation, String unit, Map<String, String> changes);

    void writeApplicationSettings(Tx tx, int relation, String application, Map<String, String> changes);

    /** The addresses a unit publishes by itself, when they changed. */
    void updateAddresses(Tx tx, String unit, Map<String, String> addressSettings);

    /**
     * What a unit says by itself in this relation: `ingress-address` and `egress-subnets`.
     *
     * @param relation number; null, one that is gone or another's, for what it says where no relation has a word in it
     * @param address its private one
     */
    Map<String, String> networks(Snapshot model, Integer relation, String unit, String address);

    /** Units here say to other models which networks they dial from as the model's `egress-subnets` is now. */
    void showNetworks(Tx tx);

    /** A unit is gone or forced away: it leaves everything. */
    void forceOut(Tx tx, String unit);

    /** Relations of this application whose other side may be related by these words; for completion and checks. */
    List<Endpoint> endpoints(Snapshot model, String application);

    /** Members of a unit's relation that it may see: those in scope of the other side, in the same container if there is one. */
    List<String> members(Snapshot model, int relation, String unit);

    /** Takes the next step of every dying relation. Costs what is dying, nothing else. */
    void settle(Tx tx, Instant now);
}
