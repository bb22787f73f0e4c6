package org.isthmus.agentfacades;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.isthmus.model.Key;
import org.isthmus.model.Kinds;
import org.isthmus.model.Relation;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;
import org.isthmus.wire.agent.UnitRemoteState;
import org.isthmus.wire.agent.UnitRemoteState.RelationState;
import org.isthmus.wire.agent.UnitRemoteStateResult;

/** What the watcher of one unit has to tell, and its memory of what it told: a plain map of what outlives this bundle. */
final class UnitNews {
    /** To the relation states told last, by number. */
    private static final String TOLD = "told";

    private final Map<String, Object> memory;
    private final String name;
    private final Watched watched;
    private final List<String> apiAddresses;

    UnitNews(Map<String, Object> memory, Watched watched, List<String> apiAddresses) {
        this.memory = memory;
        this.name = (String) memory.get(Watched.SUBJECT);
        this.watched = watched;
        this.apiAddresses = apiAddresses;
    }

    /** All there is. */
    UnitRemoteStateResult whole(Snapshot model) {
        Unit unit = model.get(Kinds.UNIT, name);
        Map<Integer, RelationState> told = new HashMap<>();
        List<RelationState> relations = new ArrayList<>();
        if (unit != null) {
            for (Relation relation : model.by(Kinds.RELATIONS_BY_APPLICATION, unit.application())) {
                RelationState state = UnitView.relation(model, unit, relation);
                told.put(relation.number(), state);
                relations.add(state);
            }
        }
        UnitRemoteState head = head(model, unit != null && !told.keySet().equals(seen()));
        UnitRemoteStateResult news = UnitRemoteStateResult.whole(head.withRelations(relations));
        watched.isNews(memory, head);
        memory.put(TOLD, told);
        return news;
    }

    /** What of these changes the agent does not know; null for nothing. Costs the relations that changed. */
    UnitRemoteStateResult since(Snapshot model, Set<Key> changed) {
        Unit unit = model.get(Kinds.UNIT, name);
        if (unit == null) {
            return whole(model);
        }
        List<RelationState> news = new ArrayList<>();
        List<Integer> gone = new ArrayList<>();
        // A copy: what fails on the way has told nothing.
        Map<Integer, RelationState> told = new HashMap<>(told());
        boolean rewatch = false;
        for (int number : relations(changed)) {
            RelationState now = UnitView.relation(model, unit, model.get(Kinds.RELATION, Integer.toString(number)));
            rewatch |= seen().contains(number) != (now != null);
            if (now == null) {
                if (told.remove(number) != null) {
                    gone.add(number);
                }
            } else if (!now.equals(told.put(number, now))) {
                news.add(now);
            }
        }
        UnitRemoteState head = head(model, rewatch);
        boolean isNews = watched.isNews(memory, head) || !news.isEmpty() || !gone.isEmpty();
        memory.put(TOLD, told);
        return isNews ? new UnitRemoteStateResult(head.withRelations(news), true, gone, null) : null;
    }

    private UnitRemoteState head(Snapshot model, boolean rewatch) {
        return UnitView.head(model, name, rewatch, apiAddresses, watched);
    }

    /** Relations that the watcher hears of. */
    @SuppressWarnings("unchecked")
    private Set<Integer> seen() {
        return (Set<Integer>) memory.get(Watched.RELATIONS);
    }

    @SuppressWarnings("unchecked")
    private Map<Integer, RelationState> told() {
        return (Map<Integer, RelationState>) memory.get(TOLD);
    }

    private static Set<Integer> relations(Set<Key> changed) {
        Set<Integer> numbers = new HashSet<>();
        for (Key key : changed) {
            boolean within =
                    key.kind().equals(Kinds.RELATION_UNIT) || key.kind().equals(Kinds.RELATION_APPLICATION);
            if (within || key.kind().equals(Kinds.RELATION)) {
                numbers.add(
                        Integer.valueOf(within ? key.id().substring(0, key.id().indexOf('#')) : key.id()));
            }
        }
        return numbers;
    }
}
