package org.isthmus.facades;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Refused;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelEntry;
import org.junit.After;
import org.junit.Test;

/** Making, listing and ending models, with failures at every step. */
public class ModelSagaTest {
    private final World world;

    public ModelSagaTest() throws Exception {
        world = new World();
    }

    @After
    public void close() {
        world.close();
    }

    private ModelEntry onlyEntry() {
        return world.store
                .controller()
                .snapshot()
                .all(Kinds.MODEL_ENTRY)
                .iterator()
                .next();
    }

    @Test
    public void createsListsShowsAndDestroys() throws Exception {
        JsonNode made = world.call(
                "admin",
                null,
                "ModelManager",
                "CreateModel",
                "{\"name\":\"m\",\"owner-tag\":\"user-admin\",\"config\":{\"authorized-keys\":\"\"},"
                        + "\"credential\":null,\"region\":null,\"cloud-tag\":\"cloud-localhost\"}");
        String uuid = made.get("uuid").asText();
        assertEquals("m", made.get("name").asText());
        assertEquals("user-admin", made.get("owner-tag").asText());
        assertEquals("admin", made.get("users").get(0).get("access").asText());
        assertTrue(made.get("users").get(0).has("last-connection"));
        assertEquals("present", onlyEntry().state());

        JsonNode list = world.call("admin", null, "ModelManager", "ListModels", "{\"tag\":\"user-admin\"}");
        assertEquals(
                "{\"user-models\":[{\"model\":{\"name\":\"m\",\"uuid\":\"" + uuid
                        + "\",\"type\":\"iaas\",\"owner-tag\":\"user-admin\"},\"last-connection\":null}]}",
                list.toString());
        JsonNode summary = world.call(
                        "admin",
                        null,
                        "ModelManager",
                        "ListModelSummaries",
                        "{\"all\":false,\"user-tag\":\"user-admin\"}")
                .get("results")
                .get(0);
        assertFalse(summary.has("error"));
        assertEquals("admin", summary.get("result").get("user-access").asText());
        assertEquals(3, summary.get("result").get("counts").size());

        world.call(
                "admin",
                null,
                "ModelManager",
                "DestroyModels",
                "{\"models\":[{\"model-tag\":\"model-" + uuid + "\"}]}");
        assertEquals(
                Life.DYING,
                world.store.model(uuid).orElseThrow().snapshot().model().life());
        // The reconciler takes documents and entry, when the model is empty.
        assertEquals("present", onlyEntry().state());
        JsonNode status = world.call(
                "admin", null, "ModelManager", "ModelStatus", "{\"entities\":[{\"tag\":\"model-" + uuid + "\"}]}");
        assertEquals("dying", status.get("results").get(0).get("life").asText());
    }

    @Test
    public void sameNameIsRefused() throws Exception {
        world.newModel("m");
        Refused refused = assertThrows(Refused.class, () -> world.newModel("m"));
        assertEquals(Code.ALREADY_EXISTS, refused.problem().code());
        assertEquals(1, world.store.models().size());
    }

    @Test
    public void aFailedCreationLeavesNothing() throws Exception {
        world.store.failCreate = new IllegalStateException("disk full");
        assertThrows(Exception.class, () -> world.newModel("m"));
        assertEquals(0, world.store.controller().snapshot().count(Kinds.MODEL_ENTRY));
        world.store.failCreate = null;
        world.newModel("m");
    }

    @Test
    public void aBadSettingLeavesNothing() throws Exception {
        assertThrows(
                Refused.class,
                () -> world.call(
                        "admin",
                        null,
                        "ModelManager",
                        "CreateModel",
                        "{\"name\":\"m\",\"config\":{\"no-such-key\":1}}"));
        assertEquals(0, world.store.controller().snapshot().count(Kinds.MODEL_ENTRY));
        assertEquals(0, world.store.models().size());
    }

    @Test
    public void aFailedConfirmationIsLeftToTheReconciler() throws Exception {
        // reserve passes, confirm fails, the removal mark passes
        world.store.controller.failures.add(Optional.empty());
        world.store.controller.failures.add(Optional.of(new IllegalStateException("disk full")));
        assertThrows(Exception.class, () -> world.newModel("m"));
        assertEquals("removing", onlyEntry().state());
    }

    @Test
    public void aFailureOfTheUndoKeepsTheIntent() throws Exception {
        world.store.failCreate = new IllegalStateException("disk full");
        world.store.controller.failures.add(Optional.empty());
        world.store.controller.failures.add(Optional.of(new IllegalStateException("still full")));
        assertThrows(Exception.class, () -> world.newModel("m"));
        assertEquals("creating", onlyEntry().state());
        assertEquals(
                0,
                world.call("admin", null, "ModelManager", "ListModels", "{}")
                        .get("user-models")
                        .size());
    }

    @Test
    public void othersSeeAndChangeOnlyWhatTheyMay() throws Exception {
        String uuid = world.newModel("m");
        assertEquals(
                Code.UNAUTHORIZED,
                assertThrows(
                                Refused.class,
                                () -> world.call("bob", null, "ModelManager", "CreateModel", "{\"name\":\"b\"}"))
                        .problem()
                        .code());
        assertEquals(
                0,
                world.call("bob", null, "ModelManager", "ListModels", "{}")
                        .get("user-models")
                        .size());
        String entity = "{\"entities\":[{\"tag\":\"model-" + uuid + "\"}]}";
        assertEquals(
                "permission denied",
                world.call("bob", null, "ModelManager", "ModelInfo", entity)
                        .at("/results/0/error/message")
                        .asText());
        String grant =
                "{\"changes\":[{\"user-tag\":\"user-bob\",\"action\":\"%s\",\"access\":\"%s\",\"model-tag\":\"model-"
                        + uuid + "\"}]}";
        assertEquals(
                "{\"results\":[{}]}",
                world.call("admin", null, "ModelManager", "ModifyModelAccess", String.format(grant, "grant", "read"))
                        .toString());
        assertEquals(
                "read",
                world.call("bob", null, "ModelManager", "ModelInfo", entity)
                        .at("/results/0/result/users/0/access")
                        .asText());
        assertEquals(
                "permission denied",
                world.call("bob", null, "ModelManager", "ModifyModelAccess", String.format(grant, "grant", "admin"))
                        .at("/results/0/error/message")
                        .asText());
        assertEquals(
                "permission denied",
                world.call(
                                "bob",
                                null,
                                "ModelManager",
                                "DestroyModels",
                                "{\"models\":[{\"model-tag\":\"model-" + uuid + "\"}]}")
                        .at("/results/0/error/message")
                        .asText());
    }

    @Test
    public void theControllerGoesInTwoSteps() throws Exception {
        String uuid = world.newModel("m");
        Refused refused =
                assertThrows(Refused.class, () -> world.call("admin", null, "Controller", "DestroyController", "{}"));
        assertEquals(Code.HAS_HOSTED_MODELS, refused.problem().code());
        world.call("admin", null, "Controller", "DestroyController", "{\"destroy-models\":true}");
        assertEquals(
                Life.DYING,
                world.store.model(uuid).orElseThrow().snapshot().model().life());
        assertTrue(world.removed.isEmpty());
        world.store.models.clear();
        world.call("admin", null, "Controller", "DestroyController", "{\"destroy-models\":true}");
        assertEquals(java.util.List.of(World.CONTROLLER), world.removed);
    }
}
