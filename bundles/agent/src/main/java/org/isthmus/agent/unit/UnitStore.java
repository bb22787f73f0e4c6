package org.isthmus.agent.unit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.isthmus.agent.DurableFile;
import org.isthmus.wire.agent.UnitMemory;

/**
 * A unit's state in its folder. The controller has a copy from each commit; the newer of the two is right. So nothing here waits
 * for the disk: what a machine forgets when its power goes was either committed, then the controller knows it, or it was not, then
 * the hook is run again, as one that was cut off.
 */
final class UnitStore {
    private final Path file;
    private final ObjectMapper json;

    /** What is kept: the agent's state, and the charm's as of the last commit. */
    private record Kept(LocalState state, Map<String, String> charmState) {}

    UnitStore(Path folder, ObjectMapper json) {
        this.file = folder.resolve("state.json");
        this.json = json;
    }

    /** @param there what the controller remembers */
    LocalState load(UnitMemory there) throws IOException {
        Kept here = read();
        if (here != null && here.state().sequence() >= there.sequence()) {
            return here.state();
        }
        if (there.agentState() == null || there.agentState().isEmpty()) {
            return here == null ? LocalState.fresh() : here.state();
        }
        // The machine's disk is older than the last commit: the answer was lost with it, or the folder is new.
        return json.readValue(there.agentState(), LocalState.class).withSequence(there.sequence());
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

    void save(LocalState state) throws IOException {
        DurableFile.put(file, json.writeValueAsBytes(new Kept(state, null)));
    }

    String text(LocalState state) {
        try {
            return json.writeValueAsString(state);
        } catch (JsonProcessingException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }
}
