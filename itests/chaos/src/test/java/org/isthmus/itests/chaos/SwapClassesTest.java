package org.isthmus.itests.chaos;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.isthmus.itests.harness.CharmFolder;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Greeting;
import org.isthmus.itests.harness.Result;
import org.junit.After;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.FixMethodOrder;
import org.junit.Test;
import org.junit.runners.MethodSorters;

/**
 * Bundle after bundle is replaced while people look, set, deploy and add units: each class of bundles keeps what it promises.
 * In this order, because what is replaced last by those that lose connections may come back while the next one begins.
 * The relation engine has a test of its own, {@link SwapTest}.
 */
@FixMethodOrder(MethodSorters.NAME_ASCENDING)
public class SwapClassesTest {
    /** How often each, after a first time; 10 under `./isthmus chaos`. */
    private static final int ROUNDS = Integer.getInteger("isthmus.swap.rounds", 1);

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final int UNITS = 5;
    private static final Duration TURN = Duration.ofMinutes(2);

    @ClassRule
    public static final Distribution isthmus = new Distribution("swaps");

    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<AtomicInteger> done = new ArrayList<>();
    private final Set<String> deployed = new ConcurrentSkipListSet<>();
    private final AtomicInteger retries = new AtomicInteger();
    private volatile boolean mayReconnect;
    private volatile String replaced = "nothing";
    private volatile String lastSet;
    private ExecutorService people;
    private long slowest;
    private String slowestAt = "";

    @BeforeClass
    public static void deploy() {
        isthmus.juju("bootstrap", "localhost", "swaps").ok();
        isthmus.juju(
                        "deploy",
                        Greeting.weightless(isthmus, "mute", "provides").path().toString(),
                        "speaker")
                .ok();
        isthmus.juju("deploy", Greeting.speaker(isthmus).path().toString(), "ground")
                .ok();
        isthmus.awaitUnit("ground/0", "active", Duration.ofMinutes(2));
    }

    @AfterClass
    public static void everythingStillWorks() {
        isthmus.awaitUnit("ground/0", "active", Duration.ofMinutes(1));
    }

    @Before
    public void begin() {
        people = Executors.newCachedThreadPool();
        repeat(this::look);
        repeat(this::set);
        repeat(this::deployAndRemove);
        repeat(this::addUnit);
    }

    @After
    public void end() throws Exception {
        over.set(true);
        people.shutdown();
        assertTrue(people.awaitTermination(4, TimeUnit.MINUTES));
    }

    @Test
    public void classAFailsNoRequest() throws Exception {
        replace(List.of(
                "application",
                "access",
                "model-admin",
                "offer",
                "facades",
                "agent-facades",
                "lifecycle",
                "provisioner",
                "crossmodel",
                "provider-localhost",
                "charmstore",
                "cli"));
    }

    @Test
    public void classARunsWhatCameInstead() throws Exception {
        replaced = "cli";
        String old = "is not a juju command";
        String different = "is no command of juju";
        Path jar = jar("cli");
        Path changed = isthmus.base().resolve("changed-cli.jar");
        rewrite(jar, changed, old, different);
        isthmus.juju("nonsense").refused(old);
        isthmus.shell("bundle:update org.isthmus.cli " + changed.toUri()).ok();
        isthmus.juju("nonsense").refused(different);
        isthmus.shell("bundle:update org.isthmus.cli " + jar.toUri()).ok();
        isthmus.juju("nonsense").refused(old);
        over.set(true);
        people.shutdown();
        assertTrue(people.awaitTermination(4, TimeUnit.MINUTES));
        assertEquals(List.of(), failures);
    }

    /** Of the distribution's own repository. */
    private static Path jar(String bundle) throws IOException {
        try (Stream<Path> files = Files.walk(isthmus.home().resolve("system/org/isthmus/" + bundle))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** A bundle that differs in a text of the same length: its class files stay whole. */
    private static void rewrite(Path from, Path to, String old, String different) throws IOException {
        int found = 0;
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(from));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String content = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                found += content.contains(old) ? 1 : 0;
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(content.replace(old, different).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        assertTrue("a class says so", found > 0);
    }

    @Test
    public void classBPausesAndLosesNothing() throws Exception {
        isthmus.juju("deploy", echo(), "echo", "--to", "0").ok();
        isthmus.awaitUnit("echo/0", "active", TURN);
        repeat(this::hear);
        replace(List.of("state", "store-derby"));
    }

    /** Shows what it was told last. */
    private static String echo() {
        return CharmFolder.in(
                        isthmus.folder("charms/echo"),
                        """
                        name: echo
                        summary: Repeats
                        description: Shows its text in its status.
                        """)
                .file(
                        "config.yaml",
                        "options:\n  text:\n    type: string\n    default: ''\n    description: What is repeated\n")
                .hook("config-changed", "status-set active \"heard $(config-get text)\"\n")
                .path()
                .toString();
    }

    /** A watcher that misses a change is not told of it again: nothing else happens to this unit. */
    private void hear() {
        String text = Long.toString(System.nanoTime());
        ask("config", "echo", "text=" + text);
        isthmus.await(
                "echo/0 hears " + text, TURN, () -> ask("status", "echo").out().contains("heard " + text));
    }

    @Test
    public void theControllerComesBack() throws Exception {
        mayReconnect = true;
        replace(List.of("controller"));
    }

    @Test
    public void classCReconnects() throws Exception {
        mayReconnect = true;
        replace(List.of("apiserver"));
    }

    private void replace(List<String> bundles) throws Exception {
        // The first replacement loads what stays loaded.
        for (String bundle : bundles) {
            update(bundle);
        }
        int loaders = loaders();
        for (int round = 0; round < ROUNDS; round++) {
            for (String bundle : bundles) {
                update(bundle);
            }
        }
        over.set(true);
        people.shutdown();
        assertTrue("the last requests are answered", people.awaitTermination(4, TimeUnit.MINUTES));
        int requests = done.stream().mapToInt(AtomicInteger::get).sum();
        System.out.println((ROUNDS + 1) * bundles.size() + " replacements of " + bundles + " under " + requests
                + " requests, " + retries + " of them repeated after a lost connection; " + failures.size()
                + " failed; slowest " + slowest + " ms while " + slowestAt + " was replaced");
        assertEquals(String.join("\n\n", failures), 0, failures.size());
        // Nothing that was answered is lost.
        String status = isthmus.juju("status", "--format", "json").ok().out();
        for (String name : deployed) {
            assertTrue(name + " is there: " + status, status.contains("\"" + name + "\""));
        }
        assertEquals(
                lastSet, isthmus.juju("config", "speaker", "text").ok().out().trim());
        List<Integer> seen = new ArrayList<>();
        isthmus.await("class loaders of replaced bundles are gone; before: " + loaders, Duration.ofSeconds(30), () -> {
            seen.add(loaders());
            return seen.get(seen.size() - 1) <= loaders + 1;
        });
        System.out.println("loaders " + loaders + " -> " + seen);
    }

    /** Replaces a bundle, then waits until everybody was answered once more. */
    private void update(String bundle) {
        replaced = bundle;
        isthmus.shell("bundle:update org.isthmus." + bundle).ok();
        List<Integer> before = done.stream().map(AtomicInteger::get).toList();
        isthmus.await("everybody is answered after " + bundle, TURN, () -> {
            for (int person = 0; person < before.size(); person++) {
                if (done.get(person).get() <= before.get(person)) {
                    return false;
                }
            }
            return true;
        });
    }

    private void repeat(Runnable turn) {
        AtomicInteger count = new AtomicInteger();
        done.add(count);
        people.submit(() -> {
            while (!over.get()) {
                try {
                    turn.run();
                } catch (RuntimeException | AssertionError failure) {
                    failures.add("while " + replaced + " was replaced: " + failure.getMessage());
                }
                count.incrementAndGet();
            }
        });
    }

    /** One request. Where a connection may be lost, a request that lost it is repeated, as people do. */
    private Result ask(String... arguments) {
        long begin = System.nanoTime();
        Result result = isthmus.juju(arguments);
        for (int again = 0; again < 60 && mayReconnect && result.exit() != 0 && isLoss(result); again++) {
            retries.incrementAndGet();
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
            result = isthmus.juju(arguments);
        }
        long millis = (System.nanoTime() - begin) / 1_000_000;
        synchronized (this) {
            if (millis > slowest) {
                slowest = millis;
                slowestAt = replaced;
            }
        }
        return result.ok();
    }

    private static boolean isLoss(Result result) {
        String said = result.err().toLowerCase(java.util.Locale.ROOT);
        return said.contains("connect")
                || said.contains("closed")
                || said.contains("unavailable")
                || said.contains("not running here")
                || said.contains("does not run now")
                // The shell was being replaced: the line was closed before a word.
                || said.contains("did not take this command");
    }

    private void look() {
        Result status = ask("status", "--format", "json");
        assertTrue(status.toString(), status.out().contains("\"speaker\""));
    }

    private void set() {
        String text = Long.toString(System.nanoTime());
        ask("config", "speaker", "text=" + text);
        lastSet = text;
        assertEquals(text, ask("config", "speaker", "text").out().trim());
    }

    private static String newName() {
        int number = NAMES.getAndIncrement();
        return "weightless" + (char) ('a' + number / 676 % 26) + (char) ('a' + number / 26 % 26)
                + (char) ('a' + number % 26);
    }

    private void deployAndRemove() {
        String name = newName();
        try {
            ask("deploy", isthmus.base().resolve("charms/mute").toString(), name);
        } catch (AssertionError failure) {
            // A repetition may meet what its first attempt did before the connection went.
            if (!mayReconnect || !failure.getMessage().contains("already exists")) {
                throw failure;
            }
        }
        deployed.add(name);
        if (deployed.size() > 10) {
            String first = deployed.iterator().next();
            deployed.remove(first);
            try {
                ask("remove-application", "--no-prompt", first);
            } catch (AssertionError failure) {
                if (!mayReconnect || !failure.getMessage().contains("not found")) {
                    throw failure;
                }
            }
        }
    }

    private void addUnit() {
        String status = ask("status", "--format", "json").out();
        long units = status.lines().count() == 0 ? 0 : status.split("\"ground/").length - 1;
        if (units < UNITS) {
            ask("add-unit", "ground", "--to", "0");
        } else {
            ask("status", "ground");
        }
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
