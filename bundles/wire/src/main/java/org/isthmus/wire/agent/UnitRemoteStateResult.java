package org.isthmus.wire.agent;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.wire.agent.UnitRemoteState.RelationState;

/**
 * A unit's remote state as its watcher tells it: whole at first, later with those relations alone that are news. A unit may have
 * a thousand relations, and each change is of one.
 *
 * @param partial true: relations that are neither in the state nor gone are as they were told before
 * @param gone numbers of relations that are no more; empty in a whole state, which shows all there are
 * @param trace of the request that changed it last; null where that is not known
 */
public record UnitRemoteStateResult(UnitRemoteState state, boolean partial, List<Integer> gone, String trace) {
    public UnitRemoteStateResult {
        gone = gone == null ? List.of() : List.copyOf(gone);
    }

    public static UnitRemoteStateResult whole(UnitRemoteState state) {
        return new UnitRemoteStateResult(state, false, List.of(), null);
    }

    public UnitRemoteStateResult withTrace(String of) {
        return new UnitRemoteStateResult(state, partial, gone, of);
    }

    /** The whole state that this makes of the one before. */
    public UnitRemoteState onto(UnitRemoteState before) {
        if (!partial) {
            return state;
        }
        Map<Integer, RelationState> relations = new TreeMap<>();
        before.relations().forEach(relation -> relations.put(relation.id(), relation));
        state.relations().forEach(relation -> relations.put(relation.id(), relation));
        relations.keySet().removeAll(gone);
        return state.withRelations(List.copyOf(relations.values()));
    }
}
