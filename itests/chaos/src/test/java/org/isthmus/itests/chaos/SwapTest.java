package org.isthmus.itests.chaos;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Greeting;
import org.isthmus.itests.harness.Result;
import org.junit.ClassRule;
import org.junit.Test;

/** The relation engine is replaced again and again while people relate, set and look: nobody notices, nothing leaks. */
public class SwapTest {
    /** How often; 100 under `./isthmus chaos`. */
    private static final int ROUNDS = Integer.getInteger("isthmus.rounds", 20);

    @ClassRule
    public static final Distribution isthmus = new Distribution("swap");

    @Test
    public void noRequestFailsAndNoLoaderStays() throws Exception {
        isthmus.juju("bootstrap", "localhost", "swap").ok();
        isthmus.juju(
                        "deploy",
                        Greeting.weightless(isthmus, "speaker", "provides")
                                .path()
                                .toString())
                .ok();
        isthmus.juju(
                        "deploy",
                        Greeting.weightless(isthmus, "listener", "requires")
                                .path()
                                .toString())
                .ok();
        // The first replacement loads what stays loaded.
        isthmus.shell("bundle:update org.isthmus.relation").ok();
        int loaders = loaders();

        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger requests = new AtomicInteger();
        ExecutorService people = Executors.newFixedThreadPool(3);
        try {
            List<Future<Void>> load = List.of(
                    people.submit(repeat(over, requests, this::relate)),
                    people.submit(repeat(over, requests, this::set)),
                    people.submit(repeat(over, requests, this::look)));
            for (int round = 0; round < ROUNDS; round++) {
                isthmus.shell("bundle:update org.isthmus.relation").ok();
            }
            over.set(true);
            for (Future<Void> person : load) {
                person.get(3, TimeUnit.MINUTES);
            }
        } finally {
            over.set(true);
            people.shutdownNow();
        }
        assertTrue("only " + requests + " requests during " + ROUNDS + " replacements", requests.get() >= ROUNDS);
        assertEquals(List.of(), isthmus.logged("ERROR"));
        isthmus.shell("bundle:refresh org.isthmus.relation").ok();
        List<Integer> seen = new ArrayList<>();
        isthmus.await(
                "class loaders of replaced bundles are gone; before: " + loaders,
                java.time.Duration.ofSeconds(30),
                () -> {
                    seen.add(loaders());
                    return seen.get(seen.size() - 1) <= loaders + 1;
                });
        System.out.println(
                ROUNDS + " replacements under " + requests + " requests; loaders " + loaders + " -> " + seen);
    }

    private void relate() {
        isthmus.juju("integrate", "listener:hello", "speaker:hello").ok();
        isthmus.juju("remove-relation", "listener:hello", "speaker:hello").ok();
        isthmus.await(
                "the relation is gone",
                java.time.Duration.ofSeconds(30),
                () -> !isthmus.juju("status", "--relations").ok().out().contains("speaker:hello"));
    }

    private void set() {
        String text = Long.toString(System.nanoTime());
        isthmus.juju("config", "speaker", "text=" + text).ok();
        assertEquals(text, isthmus.juju("config", "speaker", "text").ok().out().trim());
    }

    private void look() {
        Result status = isthmus.juju("status", "--format", "json").ok();
        assertTrue(status.toString(), status.out().contains("\"speaker\""));
    }

    private static Callable<Void> repeat(AtomicBoolean over, AtomicInteger requests, Runnable request) {
        return () -> {
            while (!over.get()) {
                request.run();
                requests.incrementAndGet();
            }
            return null;
        };
    }

    /** Bundles' class loaders in the container, after a full collection. */
    private static int loaders() {
        isthmus.type("jcmd " + isthmus.pid() + " GC.run").ok();
        String all = isthmus.type("jcmd " + isthmus.pid() + " VM.classloader_stats")
                .ok()
                .out();
        return (int)
                all.lines().filter(line -> line.contains("BundleClassLoader")).count();
    }
}
