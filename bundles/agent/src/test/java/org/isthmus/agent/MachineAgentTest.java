package org.isthmus.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.isthmus.agent.unit.UnitAgent;
import org.isthmus.wire.agent.HookChanges;
import org.isthmus.wire.agent.UnitRemoteState.RelationState;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The whole agent with real bash charms, against a controller that is played. */
public class MachineAgentTest {
    private static final UnitAgent.Times QUICK = new UnitAgent.Times(
            Duration.ofMillis(100),
            Duration.ofMillis(400),
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            Duration.ofSeconds(3));

    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    private Path charm;
    private Path machine;
    private Path trace;
    private Path boot;
    private FakeController controller;
    private MachineAgent agent;
    private Thread thread;
    private CompletableFuture<Boolean> ended;

    @Before
    public void setUp() throws IOException {
        charm = temp.newFolder("charm").toPath();
        machine = temp.newFolder("machine").toPath();
        trace = temp.getRoot().toPath().resolve("trace");
        Files.createFile(trace);
        boot = temp.getRoot().toPath().resolve("boot_id");
        Files.writeString(boot, "one\n");
        Files.writeString(
                charm.resolve("metadata.yaml"),
                """
                name: wp
                summary: test
                description: test
                requires:
                  db: mysql
                peers:
                  cluster: wp
                """);
        controller = new FakeController(charm);
        controller.config.put("title", "Hello");
        controller.config.put("debug", true);
        controller.config.put("count", 3);
    }

    @After
    public void tearDown() throws Exception {
        stop();
    }

    private void hook(String name, String body) throws IOException {
        Path file = charm.resolve("hooks").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/bash\nset -eu\ntrace=" + trace + "\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void start() throws IOException {
        AgentConf conf = new AgentConf(
                "machine-0", "n", "p", "uuid-1", "c", List.of(), "", machine, "127.0.0.9", "3.6.9", false);
        agent = new MachineAgent(conf, controller, QUICK, boot);
        ended = new CompletableFuture<>();
        MachineAgent mine = agent;
        thread = new Thread(() -> {
            try {
                ended.complete(mine.run());
            } catch (InterruptedException | RuntimeException stopped) {
                ended.completeExceptionally(stopped);
            }
        });
        thread.start();
    }

    private void stop() throws InterruptedException {
        if (agent != null) {
            thread.interrupt();
            thread.join(10_000);
            agent.close();
            agent = null;
        }
    }

    private List<String> traced() {
        try {
            return Files.readAllLines(trace);
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }

    private boolean idle() {
        List<String> all = controller.agentStatuses;
        return all.size() > 1 && all.get(all.size() - 1).startsWith("idle");
    }

    private void untilTraced(String line) throws Exception {
        controller.until("trace of " + line, () -> traced().contains(line));
    }

    @Test
    public void installsStartsAndReacts() throws Exception {
        hook(
                "install",
                "echo install >>$trace; status-set maintenance 'working on it'; juju-log -l WARNING 'from install'");
        hook("config-changed", "echo \"config $(config-get title)\" >>$trace; echo to stdout; echo to stderr >&2");
        hook(
                "start",
                "echo start >>$trace; open-port 8080/tcp; application-version-set 1.2; status-set active 'ready to go'");
        start();
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        assertEquals(List.of("install", "config Hello", "start"), traced());
        assertEquals(
                List.of(
                        "waiting: installing agent",
                        "waiting: agent initialising",
                        "maintenance: installing charm software",
                        "maintenance: working on it",
                        "active: ready to go"),
                controller.statuses);
        assertEquals(java.util.Set.of("8080/tcp"), controller.ports);
        assertEquals("1.2", controller.version);
        assertTrue(
                controller.agentStatuses.toString(),
                controller.agentStatuses.contains("executing: running start hook"));
        controller.until(
                "log",
                () -> controller.log.contains("WARNING unit.wp/0.juju-log from install")
                        && controller.log.contains("DEBUG unit.wp/0.config-changed to stdout")
                        && controller.log.contains("WARNING unit.wp/0.config-changed to stderr"));
        controller.change(() -> {
            controller.config.put("title", "Bye");
            controller.configHash = "c1";
        });
        untilTraced("config Bye");
    }

    @Test
    public void aDaemonThatAHookStartedSpeaksOnAfterItsEnd() throws Exception {
        hook("install", "(for i in 1 2 3 4 5 6; do sleep 0.2; echo word $i; done; echo survived >>$trace) & disown");
        start();
        untilTraced("survived");
        controller.until("log", () -> controller.log.contains("DEBUG unit.wp/0.install word 6"));
    }

    @Test
    public void aChattyHookIsReadToItsEndAndWhatIsCutIsSaid() throws Exception {
        hook(
                "install",
                "head -c 100000000 /dev/zero | tr '\\0' x; echo; yes chatter | head -n 20000; echo done >>$trace");
        start();
        untilTraced("done");
        controller.until("log", () -> controller.log.stream()
                .anyMatch(line -> line.endsWith(
                        " log lines were dropped: the controller was" + " away, or more was said than it takes")));
        synchronized (controller) {
            // It may still write.
            assertFalse(controller.log.toString(), controller.log.stream().anyMatch(line -> line.length() > 17_000));
        }
        controller.until("idle", this::idle);
    }

    @Test
    public void charmThatNeverSetsStatusIsUnknown() throws Exception {
        hook("install", "true");
        start();
        controller.until("unknown", () -> controller.statuses.contains("unknown: "));
    }

    @Test
    public void relationLifeFromJoinedToBroken() throws Exception {
        hook("db-relation-created", "echo \"created $JUJU_RELATION_ID $(relation-list | wc -l)\" >>$trace");
        hook(
                "db-relation-joined",
                "echo \"joined $JUJU_REMOTE_UNIT\" >>$trace; relation-set user=wp empty=x; "
                        + "relation-set empty=; echo \"own $(relation-get - wp/0 | grep user)\" >>$trace");
        hook(
                "db-relation-changed",
                "echo \"changed $JUJU_REMOTE_UNIT $(relation-get password) ids $(relation-ids db) app $(relation-list --app)\" >>$trace; "
                        + "relation-model-get >>$trace");
        hook(
                "db-relation-departed",
                "echo \"departed $JUJU_REMOTE_UNIT $JUJU_DEPARTING_UNIT left $(relation-list | wc -l)\" >>$trace");
        hook("db-relation-broken", "echo \"broken $(relation-ids db | wc -l)\" >>$trace");
        controller.others.put("sql/0", Map.of("password", "s3cret"));
        start();
        controller.until("started", this::idle);
        controller.change(() -> controller.relations.put(4, db("alive", Map.of("sql/0", 1L))));
        untilTraced("changed sql/0 s3cret ids db:4 app sql");
        controller.until(
                "settings", () -> "wp".equals(controller.settings.get(4).get("user")));
        assertFalse(controller.settings.get(4).containsKey("empty"));
        assertEquals("127.0.0.9", controller.settings.get(4).get("ingress-address"));
        assertEquals("127.0.0.9/32", controller.settings.get(4).get("egress-subnets"));
        controller.change(() -> controller.relations.put(4, db("dying", Map.of("sql/0", 1L))));
        untilTraced("broken 0");
        assertEquals(
                List.of(
                        "created db:4 0",
                        "joined sql/0",
                        "own user: wp",
                        "changed sql/0 s3cret ids db:4 app sql",
                        "uuid: uuid-2",
                        "departed sql/0 sql/0 left 0",
                        "broken 0"),
                traced());
        controller.until("leave", () -> Integer.valueOf(4)
                .equals(controller.commits.get(controller.commits.size() - 1).leave()));
    }

    private static RelationState db(String life, Map<String, Long> members) {
        return new RelationState(4, "wp:db sql:db", "db", false, true, life, false, "sql", "uuid-2", true, members, 0);
    }

    @Test
    public void failureIsShownRetriedAndWritesNothing() throws Exception {
        hook("config-changed", "open-port 1234; n=$(wc -l <$trace); echo try >>$trace; (( n >= 2 ))");
        start();
        controller.until("done", () -> idle() && controller.ports.contains("1234/tcp"));
        assertEquals(List.of("try", "try", "try"), traced());
        assertEquals(
                2,
                controller.agentStatuses.stream()
                        .filter("error: hook failed: \"config-changed\""::equals)
                        .count());
        // Of the failed runs nothing was committed.
        assertEquals(
                1, controller.commits.stream().filter(c -> !c.open().isEmpty()).count());
    }

    @Test
    public void operatorResolves() throws Exception {
        controller.retryHooks = false;
        hook("install", "echo try >>$trace; [[ -e $trace.fixed ]]");
        hook("start", "echo start >>$trace; false");
        start();
        controller.until("error", () -> controller.agentStatuses.contains("error: hook failed: \"install\""));
        Files.createFile(Path.of(trace + ".fixed"));
        controller.change(() -> controller.resolved = "retry-hooks");
        controller.until("error", () -> controller.agentStatuses.contains("error: hook failed: \"start\""));
        controller.change(() -> controller.resolved = "no-hooks");
        controller.until("idle", () -> idle() && controller.resolved == null);
        assertEquals(List.of("try", "try", "start"), traced());
    }

    @Test
    public void commitWhoseAnswerWasLostIsNotDoneTwice() throws Exception {
        hook("install", "echo install >>$trace; state-set n=1");
        controller.loseAnswerOf = 2;
        start();
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        assertEquals(List.of("install"), traced());
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), controller.hooks());
        assertEquals(Map.of("n", "1"), controller.charmState);
    }

    @Test
    public void aCommitOfAnotherOwnersTimeIsRepeatedOnceTheNewOneIsKnown() throws Exception {
        hook("install", "echo install >>$trace");
        hook("start", "echo start >>$trace; touch $trace.in; until [[ -e $trace.go ]]; do sleep 0.05; done");
        start();
        controller.until("in the hook", () -> Files.exists(Path.of(trace + ".in")));
        controller.change(() -> controller.epoch = 2);
        Files.createFile(Path.of(trace + ".go"));
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        assertEquals(List.of("install", "start"), traced());
        assertEquals(
                List.of(1L, 2L),
                controller.commits.stream().map(HookChanges::epoch).distinct().toList());
    }

    @Test
    public void refusedCommitFailsTheHookAndABusyControllerDoesNot() throws Exception {
        hook("start", "echo start >>$trace; open-port 80");
        controller.refuseCommit = org.isthmus.api.Code.NONE;
        start();
        controller.until("error", () -> controller.agentStatuses.contains("error: hook failed: \"start\""));
        // From now on the controller is only busy: the hook does not run again for that.
        controller.change(() -> controller.refuseCommit = org.isthmus.api.Code.OPERATION_BLOCKED);
        controller.until(
                "refusals",
                () -> controller.calls.stream()
                                .filter("Uniter.CommitHook"::equals)
                                .count()
                        > 8);
        int runs = traced().size();
        controller.until(
                "more",
                () -> controller.calls.stream()
                                .filter("Uniter.CommitHook"::equals)
                                .count()
                        > 11);
        assertEquals(runs, traced().size());
        controller.change(() -> controller.refuseCommit = null);
        controller.until("done", () -> controller.ports.contains("80/tcp"));
        assertEquals(runs, traced().size());
    }

    /** It runs well each time, and is refused each time: the pauses grow all the same. */
    @Test
    public void aHookWhoseCommitIsRefusedIsTriedAfterPausesThatGrow() throws Exception {
        hook("start", "date +%s%3N >>$trace; open-port 80");
        controller.refuseCommit = org.isthmus.api.Code.NONE;
        start();
        controller.until("tries", () -> traced().size() >= 5);
        List<Long> at = traced().stream().map(Long::valueOf).toList();
        for (int n = 3; n < 5; n++) {
            long pause = at.get(n) - at.get(n - 1);
            assertTrue("pause of " + pause + " ms before try " + (n + 1), pause >= 360);
        }
        controller.change(() -> controller.refuseCommit = null);
        controller.until("done", () -> controller.ports.contains("80/tcp"));
    }

    @Test
    public void agentThatDiesInAHookRunsItAgain() throws Exception {
        hook("start", "echo start >>$trace; [[ -e $trace.go ]] || { sleep 60 & wait; }; echo started >>$trace");
        start();
        untilTraced("start");
        stop();
        Files.createFile(Path.of(trace + ".go"));
        assertEquals(List.of("start"), traced());
        controller.comeBack();
        start();
        untilTraced("started");
        assertEquals(List.of("start", "start", "started"), traced());
    }

    /** As the kernel does that has no memory left: nobody but the operator can help. */
    @Test
    public void charmsAreStartedAgainAfterTheHostWas() throws Exception {
        hook("start", "echo start >>$trace");
        hook("config-changed", "echo config >>$trace");
        start();
        controller.until("started", () -> idle() && traced().contains("start"));
        for (String now : List.of("one", "two")) {
            stop();
            Files.writeString(boot, now + "\n");
            controller.change(() -> controller.configHash = "under " + now);
            controller.comeBack();
            start();
            controller.until("config", () -> controller.agentState.contains("under " + now));
        }
        controller.until("again", () -> controller.agentState.contains("\"two\""));
        assertEquals(List.of("config", "start", "config", "config", "start"), traced());
    }

    @Test
    public void hookThatSomebodyKillsHasFailed() throws Exception {
        controller.retryHooks = false;
        hook("install", "echo install >>$trace; [[ -e $trace.fixed ]] || kill -9 $$");
        start();
        controller.until("error", () -> controller.agentStatuses.contains("error: hook failed: \"install\""));
        assertEquals(List.of("install"), traced());
        Files.createFile(Path.of(trace + ".fixed"));
        controller.change(() -> controller.resolved = "retry-hooks");
        controller.until("idle", this::idle);
        assertEquals(List.of("install", "install"), traced());
    }

    @Test
    public void hookThatCannotBeStartedHasFailed() throws Exception {
        controller.retryHooks = false;
        hook("install", "");
        Files.writeString(charm.resolve("hooks/install"), "#!/is/not/there\n");
        start();
        controller.until("error", () -> controller.agentStatuses.contains("error: hook failed: \"install\""));
    }

    @Test
    public void noHookStartsThatCouldNotBeEndedLater() throws Exception {
        hook("install", "echo install >>$trace");
        // Nothing can be remembered of a hook: a file cannot take this folder's place.
        Path inTheWay = machine.resolve("agents/unit-wp-0/hook.pid.new/x");
        Files.createDirectories(inTheWay);
        start();
        controller.until("told", () -> controller.log.stream().anyMatch(line -> line.contains("cannot go on")));
        assertEquals(List.of(), traced());
        Files.delete(inTheWay);
        untilTraced("install");
        controller.until("idle", this::idle);
        assertEquals(List.of("install"), traced());
    }

    @Test
    public void stateOfTheMachineIsLostAndComesBack() throws Exception {
        hook("install", "echo install >>$trace");
        hook("config-changed", "echo \"config $(config-get title)\" >>$trace");
        start();
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        stop();
        Files.delete(machine.resolve("agents/unit-wp-0/state.json"));
        controller.comeBack();
        controller.change(() -> {
            controller.config.put("title", "Again");
            controller.configHash = "c9";
        });
        start();
        untilTraced("config Again");
        assertEquals(List.of("install", "config Hello", "config Again"), traced());
    }

    @Test
    public void noHookStartsWithoutTheControllerAndToolsWaitForIt() throws Exception {
        hook(
                "config-changed",
                "echo begin >>$trace; while [[ ! -e $trace.gone ]]; do sleep 0.05; done; "
                        + "echo \"config $(config-get title)\" >>$trace");
        hook("start", "echo start >>$trace");
        start();
        untilTraced("begin");
        controller.goAway();
        Files.createFile(Path.of(trace + ".gone"));
        // The tool waits; a hook that is over would have written by then.
        assertEquals(List.of("begin"), traced());
        controller.comeBack();
        untilTraced("start");
        assertEquals(List.of("begin", "config Hello", "start"), traced());
    }

    @Test
    public void hookWhoseToolWaitedInVainIsRunAgain() throws Exception {
        hook(
                "config-changed",
                "echo begin >>$trace; open-port 81; while [[ ! -e $trace.gone ]]; do sleep 0.05; done; "
                        + "config-get title || true; echo lied >>$trace.lie; sleep 30");
        start();
        untilTraced("begin");
        controller.goAway();
        Files.createFile(Path.of(trace + ".gone"));
        Path pid = machine.resolve("agents/unit-wp-0/hook.pid");
        controller.until("the hook is cut off", () -> !Files.exists(pid));
        assertEquals(List.of("begin"), traced());
        assertTrue(controller.ports.isEmpty());
        hookOnDisk("config-changed", "echo again >>$trace; open-port 82");
        controller.comeBack();
        controller.until("done", () -> controller.ports.contains("82/tcp"));
        assertEquals(List.of("begin", "again"), traced());
        assertEquals(java.util.Set.of("82/tcp"), controller.ports);
        assertFalse(controller.agentStatuses.toString().contains("error"));
    }

    /** Changes the installed charm itself. */
    private void hookOnDisk(String name, String body) throws IOException {
        hook(name, body);
        Files.copy(
                charm.resolve("hooks").resolve(name),
                machine.resolve("agents/unit-wp-0/charm/hooks").resolve(name),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }

    @Test
    public void unitAndMachineGo() throws Exception {
        hook("stop", "echo stop >>$trace");
        hook("remove", "echo remove >>$trace");
        start();
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        controller.change(() -> {
            controller.life = "dying";
            controller.machineLife = "dying";
        });
        assertTrue(ended.get(30, TimeUnit.SECONDS));
        assertEquals(List.of("stop", "remove"), traced());
        assertTrue(controller.machineDead);
        assertEquals("terminated: ", controller.statuses.get(controller.statuses.size() - 1));
        assertFalse(Files.exists(machine.resolve("agents/unit-wp-0")));
    }

    /** By force, while no agent was here. */
    @Test
    public void whatIsLeftOfAUnitThatIsGoneIsEndedAndRemoved() throws Exception {
        Path left = machine.resolve("agents/unit-wp-7");
        Files.createDirectories(left.resolve("charm"));
        Process hook = new ProcessBuilder("sleep", "600").start();
        try {
            Files.writeString(
                    left.resolve("hook.pid"),
                    hook.pid() + " " + hook.info().startInstant().orElseThrow() + "\n");
            hook("install", "echo install >>$trace");
            start();
            untilTraced("install");
            assertFalse(Files.exists(left));
            assertTrue(hook.waitFor(30, TimeUnit.SECONDS));
            controller.until("idle", this::idle);
        } finally {
            hook.destroyForcibly();
        }
    }

    /** What the machine hears of its units is older than what a unit's agent knows of its own. */
    @Test
    public void aUnitThatDiedIsNotStartedAnewAndItsFolderGoes() throws Exception {
        controller.slowToForget = true;
        start();
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        controller.change(() -> controller.life = "dying");
        controller.until("dead", () -> controller.life.equals("dead"));
        controller.change(() -> controller.machineLife = "dying");
        controller.change(() -> controller.unitGone = true);
        assertTrue(ended.get(30, TimeUnit.SECONDS));
        assertFalse(Files.exists(machine.resolve("agents/unit-wp-0")));
        assertEquals(
                1, controller.calls.stream().filter("Uniter.Memory"::equals).count());
    }

    @Test
    public void whatIsRefusedOfAHookWhoseRelationIsGoneIsTriedAfterPauses() throws Exception {
        hook("db-relation-joined", "echo joined >>$trace; false");
        start();
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        controller.retryHooks = false;
        controller.change(() -> controller.relations.put(4, db("alive", Map.of("sql/0", 1L))));
        controller.until(
                "error",
                () -> controller.agentStatuses.toString().contains("error: hook failed: \"db-relation-joined\""));
        long before = tried();
        controller.change(() -> {
            controller.refuseCommit = org.isthmus.api.Code.NONE;
            controller.refuseEveryCommit = true;
            controller.relations.remove(4);
        });
        controller.until("a refusal", () -> tried() > before);
        int told = controller.agentStatuses.size();
        long first = System.nanoTime();
        controller.until("more", () -> tried() >= before + 4);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - first);
        assertTrue("three pauses in " + millis + " ms", millis > 250);
        assertFalse(controller
                .agentStatuses
                .subList(told, controller.agentStatuses.size())
                .toString()
                .contains("idle"));
        controller.change(() -> controller.refuseCommit = null);
        controller.until("idle", this::idle);
    }

    private long tried() {
        return controller.calls.stream().filter("Uniter.CommitHook"::equals).count();
    }

    @Test
    public void anAddressThatChangedWhileTheAgentWasAwayIsTold() throws Exception {
        hook("db-relation-joined", "echo joined >>$trace; relation-set private-address=of.the.charm");
        start();
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        controller.change(() -> controller.relations.put(4, db("alive", Map.of("sql/0", 1L))));
        controller.until(
                "joined",
                () -> controller.settings.containsKey(4)
                        && "of.the.charm".equals(controller.settings.get(4).get("private-address")));
        controller.until("idle", this::idle);
        // The same address: what the charm wrote stays.
        stop();
        controller.comeBack();
        int statuses = controller.agentStatuses.size();
        start();
        controller.until("idle", () -> controller.agentStatuses.size() > statuses && idle());
        controller.change(() -> controller.configHash = "c1");
        controller.until(
                "config-changed",
                () -> controller.agentStatuses.toString().contains("running config-changed") && idle());
        assertEquals("of.the.charm", controller.settings.get(4).get("private-address"));
        stop();
        controller.comeBack();
        controller.address = "127.0.0.12";
        start();
        controller.until(
                "told", () -> "127.0.0.12".equals(controller.settings.get(4).get("private-address")));
        assertEquals("127.0.0.12", controller.settings.get(4).get("ingress-address"));
        assertEquals("127.0.0.12/32", controller.settings.get(4).get("egress-subnets"));
    }

    @Test
    public void dispatchRunsEverythingAndEnvironmentIsJujus() throws Exception {
        Path dispatch = charm.resolve("dispatch");
        Files.writeString(
                dispatch,
                "#!/bin/bash\necho \"$JUJU_DISPATCH_PATH $JUJU_UNIT_NAME $JUJU_MODEL_NAME $ISTHMUS_ADDRESS "
                        + "${PWD##*/} ${JUJU_VERSION}\" >>" + trace + "\n");
        Files.setPosixFilePermissions(dispatch, PosixFilePermissions.fromString("rwxr-xr-x"));
        start();
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        assertEquals("hooks/install wp/0 default 127.0.0.9 charm 3.6.9", traced().get(0));
        assertEquals(
                List.of("hooks/install", "hooks/leader-elected", "hooks/config-changed", "hooks/start"),
                traced().stream().map(line -> line.split(" ")[0]).toList());
    }

    @Test
    public void upgradeSwapsFilesAndKeepsWhatHooksMade() throws Exception {
        hook("install", "echo mine >made-by-hook; touch hooks/old-file-of-charm");
        hook("upgrade-charm", "true");
        Files.writeString(charm.resolve("old.txt"), "old");
        start();
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        Files.delete(charm.resolve("old.txt"));
        Files.writeString(charm.resolve("new.txt"), "new");
        hook("upgrade-charm", "echo \"upgrade $(cat made-by-hook new.txt) $(ls old.txt 2>&1 | wc -l)\" >>$trace");
        hook("config-changed", "echo config >>$trace");
        controller.change(() -> controller.charmUrl = "local:wp-1");
        untilTraced("config");
        assertEquals("upgrade mine", traced().get(0));
        assertEquals("new 1", traced().get(1));
        Path there = machine.resolve("agents/unit-wp-0/charm");
        assertFalse(Files.exists(there.resolve("old.txt")));
        assertTrue(Files.exists(there.resolve("hooks/old-file-of-charm")));
    }

    @Test
    public void aCharmWhoseFolderIsGoneIsUnpackedAgain() throws Exception {
        hook("config-changed", "echo \"config $(config-get title)\" >>$trace");
        hook("stop", "echo \"stop $(config-get title)\" >>$trace");
        start();
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        Folders.remove(machine.resolve("agents/unit-wp-0/charm"));
        controller.change(() -> {
            controller.config.put("title", "Again");
            controller.configHash = "c1";
        });
        untilTraced("config Again");
        controller.until(
                "told", () -> controller.log.stream().anyMatch(line -> line.contains("local:wp-0 is unpacked again")));
        // All of the machine: its tools too.
        controller.until("idle", this::idle);
        Folders.remove(machine);
        controller.change(() -> controller.life = "dying");
        untilTraced("stop Again");
    }

    @Test
    public void aCharmThatCannotBeUnpackedAgainFailsItsHooks() throws Exception {
        controller.retryHooks = false;
        hook("config-changed", "echo config >>$trace");
        start();
        controller.until("idle", () -> idle() && controller.commits.size() >= 5);
        Folders.remove(machine.resolve("agents/unit-wp-0/charm"));
        Path away = Files.move(charm, charm.resolveSibling("away"));
        controller.change(() -> controller.configHash = "c1");
        controller.until("error", () -> controller.agentStatuses.contains("error: hook failed: \"config-changed\""));
        controller.until(
                "told", () -> controller.log.stream().anyMatch(line -> line.contains("cannot be unpacked again")));
        assertEquals(List.of("config"), traced());
        Files.move(away, charm);
        controller.change(() -> controller.resolved = "retry-hooks");
        controller.until("idle again", () -> idle() && controller.resolved == null);
        assertEquals(List.of("config", "config"), traced());
    }
}
