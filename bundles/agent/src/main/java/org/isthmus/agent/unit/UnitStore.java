package org.isthmus.agent.unit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.isthmus.agent.DurableFile;
import org.isthmus.wire.agent.UnitMemory;

/**
 * A unit's state: what was committed is at the controller, and the file in the unit's folder has what came since, so that neither
 * costs more for a unit with more relations. Nothing here waits for the disk: what a machine forgets when its power goes was
 * either committed, then the controller knows it, or it was not, then the hook is run again, as one that was cut off.
 */
final class UnitStore {
    /** In place of the state of a relation that is forgotten. */
    private static final String FORGOTTEN = "";

    private final Path file;
    private final ObjectMapper json;
    /** The relations as the controller has them. */
    private final SortedMap<Integer, LocalRelation> committed = new TreeMap<>();

    /** What is kept: the state without its relations, and those of them that the controller has otherwise. */
    private record Kept(LocalState state, Map<Integer, String> relations) {
        private Kept {
            relations = relations == null ? Map.of() : relations;
        }
    }

    UnitStore(Path folder, ObjectMapper json) {
        this.file = folder.resolve("state.json");
        this.json = json;
    }

    /** @param there what the controller remembers */
    LocalState load(UnitMemory there) throws IOException {
        committed.clear();
        committed(there.relationStates());
        Kept here = read();
        boolean known = there.agentState() != null && !there.agentState().isEmpty();
        if (here == null || known && here.state().sequence() < there.sequence()) {
            // The machine's disk is older than the last commit: the answer was lost with it, or the folder is new.
            LocalState last = known ? json.readValue(there.agentState(), LocalState.class) : LocalState.fresh();
            return withRelations(last.withSequence(there.sequence()), Map.of());
        }
        return withRelations(here.state(), here.relations());
    }

    /** A state that was written before relations stood by themselves has its own. */
    private LocalState withRelations(LocalState state, Map<Integer, String> changed) throws IOException {
        SortedMap<Integer, LocalRelation> relations = new TreeMap<>(state.relations());
        relations.putAll(committed);
        apply(changed, relations);
        return state.withRelations(relations);
    }

    private Kept read() throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return json.readValue(Files.readAllBytes(file), Kept.class);
        } catch (JsonProcessingException torn) {
            // The machine ended while it was on its way to the disk.
            return null;
        }
    }

    private void apply(Map<Integer, String> states, SortedMap<Integer, LocalRelation> to) throws IOException {
        for (Map.Entry<Integer, String> each : states.entrySet()) {
            if (each.getValue().equals(FORGOTTEN)) {
                to.remove(each.getKey());
            } else {
                to.put(each.getKey(), json.readValue(each.getValue(), LocalRelation.class));
            }
        }
    }

    void save(LocalState state) throws IOException {
        DurableFile.put(file, json.writeValueAsBytes(new Kept(state.withRelations(new TreeMap<>()), changed(state))));
    }

    /** The state for the controller, without its relations. */
    String text(LocalState state) {
        return write(state.withRelations(new TreeMap<>()));
    }

    /** Relations that the controller has otherwise, with their states; empty for those that this state has not. */
    Map<Integer, String> changed(LocalState state) {
        Map<Integer, String> changed = new TreeMap<>();
        state.relations().forEach((id, relation) -> {
            LocalRelation there = committed.get(id);
            if (relation != there && !relation.equals(there)) {
                changed.put(id, write(relation));
            }
        });
        for (int id : committed.keySet()) {
            if (!state.relations().containsKey(id)) {
                changed.put(id, FORGOTTEN);
            }
        }
        return changed;
    }

    /** The controller took these. */
    void committed(Map<Integer, String> changed) throws IOException {
        apply(changed, committed);
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }
}
