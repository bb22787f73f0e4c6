package org.isthmus.state;

import static org.isthmus.state.Documenting.CONTROLLER;
import static org.isthmus.state.Documenting.get;
import static org.isthmus.state.Documenting.put;
import static org.isthmus.state.Documenting.setModel;
import static org.isthmus.state.Documenting.uuid;
import static org.isthmus.state.Documenting.value;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Store;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * The power goes at random moments under a random load on several models. Each model has slots that are only ever counted up, so
 * after a crash: what was answered is there, and nothing that was not asked for.
 */
public class CrashTest {
    private static final int MODELS = 3;
    private static final int SLOTS = 5;

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    @Test
    public void whatWasAnsweredSurvives() throws Exception {
        long seed = Long.getLong("isthmus.seed", System.nanoTime());
        System.out.println("whatWasAnsweredSurvives: -Disthmus.seed=" + seed);
        Random random = new Random(seed);
        CrashDisk disk = new CrashDisk(seed);
        int rounds = Integer.getInteger("isthmus.rounds", 60);
        Map<String, Long> answered = new ConcurrentHashMap<>();
        Map<String, Long> asked = new HashMap<>();
        int crashes = 0;
        for (int round = 0; round < rounds; round++) {
            Store store = JournaledStore.open(CONTROLLER, temporary.getRoot().toPath(), true, disk);
            try {
                List<Documents> models = open(store);
                check(models, answered, asked);
                disk.crashIn(random.nextInt(20));
                load(random, models, answered, asked, disk);
            } finally {
                store.close();
            }
            crashes += disk.isOff() ? 1 : 0;
            disk.powerOn();
        }
        assertTrue("it crashed now and then: " + crashes, crashes > rounds / 4);
    }

    private static List<Documents> open(Store store) throws Exception {
        List<Documents> models = new ArrayList<>();
        for (int i = 0; i < MODELS; i++) {
            String uuid = uuid(i);
            models.add(
                    store.models().contains(uuid)
                            ? store.model(uuid).orElseThrow()
                            : get(store.create(uuid, tx -> setModel(tx, uuid))));
        }
        return models;
    }

    private static void check(List<Documents> models, Map<String, Long> answered, Map<String, Long> asked) {
        for (Documents model : models) {
            for (int slot = 0; slot < SLOTS; slot++) {
                String name = model.id() + slot;
                long there = value(model.snapshot(), "slot-" + slot);
                long sure = answered.getOrDefault(name, -1L);
                assertTrue(name + ": " + sure + " was answered, " + there + " is there", there >= sure);
                assertTrue(name + " was never asked for", there <= asked.getOrDefault(name, -1L));
                answered.merge(name, there, Math::max);
                asked.put(name, there);
            }
        }
    }

    private static void load(
            Random random, List<Documents> models, Map<String, Long> answered, Map<String, Long> asked, CrashDisk disk)
            throws Exception {
        List<CompletionStage<?>> all = new ArrayList<>();
        for (int i = 0; i < 300 && !disk.isOff(); i++) {
            Documents model = models.get(random.nextInt(MODELS));
            int slot = random.nextInt(SLOTS);
            String name = model.id() + slot;
            asked.merge(name, 1L, Long::sum);
            all.add(model.submit(tx -> {
                        long next = value(tx.now(), "slot-" + slot) + 1;
                        put(tx, "slot-" + slot, next);
                        return next;
                    })
                    .whenComplete((next, failure) -> {
                        if (failure == null) {
                            answered.merge(name, next, Math::max);
                        }
                    }));
            if (random.nextInt(10) == 0) {
                // Now and then somebody waits for an answer, so that batches have all sizes.
                CompletableFuture.anyOf(all.get(all.size() - 1).toCompletableFuture())
                        .exceptionally(off -> null)
                        .get();
            }
        }
        for (CompletionStage<?> stage : all) {
            stage.toCompletableFuture().exceptionally(off -> null).get();
        }
        assertEquals(
                0, all.stream().filter(s -> !s.toCompletableFuture().isDone()).count());
    }
}
