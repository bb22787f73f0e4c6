package org.isthmus.agent.unit;

/**
 * One hook that is to run.
 *
 * @param kind such as `install`, or `relation-joined` of an endpoint
 * @param relation number of its relation, or null
 * @param remoteUnit of joined, changed, departed; null for a change of the other application's settings
 * @param departing the unit that leaves, in departed
 * @param version of the remote settings that the hook will see
 * @param detail charm URL of a swap, hash of a config-changed, boot of a start
 */
public record HookInfo(
        String kind,
        Integer relation,
        String endpoint,
        String remoteApplication,
        String remoteUnit,
        String departing,
        long version,
        String detail) {

    static final String SWAP_CHARM = "swap-charm";

    static HookInfo of(String kind) {
        return new HookInfo(kind, null, null, null, null, null, 0, null);
    }

    static HookInfo of(String kind, String detail) {
        return new HookInfo(kind, null, null, null, null, null, 0, detail);
    }

    static HookInfo of(String kind, int id, LocalRelation relation, String remoteUnit, String departing, long version) {
        return new HookInfo(
                "relation-" + kind,
                id,
                relation.endpoint(),
                relation.remoteApplication(),
                remoteUnit,
                departing,
                version,
                null);
    }

    /** As the charm's file is called: `install`, `db-relation-joined`. */
    public String name() {
        return relation == null ? kind : endpoint + "-" + kind;
    }

    public boolean isRelation() {
        return relation != null;
    }

    /** `db:3`. */
    public String relationId() {
        return relation == null ? null : endpoint + ":" + relation;
    }
}
