package org.isthmus.agent.hook;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.isthmus.agent.AgentApi;
import org.isthmus.agent.AgentJson;
import org.isthmus.agent.AgentLog;
import org.isthmus.agent.FakeController;
import org.isthmus.agent.unit.HookInfo;
import org.isthmus.agent.unit.Leadership;
import org.isthmus.agent.unit.UnitApi;
import org.isthmus.rpc.Json;
import org.isthmus.wire.agent.UnitRemoteState;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The hook tools as charms call them: real scripts, in bash, over the loopback. */
public class HookToolsTest {
    @Rule
    public TemporaryFolder temp = new TemporaryFolder();

    private final ObjectMapper json = AgentJson.mapper();
    private final AgentLog log = new AgentLog("machine-0");
    private FakeController controller;
    private ToolServer server;
    private HookContext context;
    private AutoCloseable served;
    private Path tools;

    private static final HookInfo HOOK = new HookInfo("relation-changed", 4, "db", "sql", "sql/0", null, 1, null);

    private record Ran(int exit, String out, String err) {}

    @Before
    public void setUp() throws IOException {
        controller = new FakeController(temp.getRoot().toPath());
        controller.passwords.put("unit-wp-0", "pw");
        controller.config.put("title", "Héllo\nworld");
        controller.config.put("debug", true);
        controller.config.put("count", 3);
        controller.config.put("unset", null);
        controller.others.put("sql/0", Map.of("password", "s3cret", "port", "3306", "yes", "true"));
        controller.others.put("sql", Map.of("database", "wordpress"));
        controller.ports.add("22/tcp");
        server = new ToolServer(json, log);
        tools = temp.newFolder("tools").toPath();
        ToolServer.install(tools);
        context = context(Duration.ofMillis(500));
        served = server.serve(context);
    }

    /** @param patience how long a tool waits for the controller */
    private HookContext context(Duration patience) {
        return context(patience, HOOK, "127.0.0.9");
    }

    private HookContext context(HookInfo hook, String address) {
        return context(Duration.ofMillis(500), hook, address);
    }

    private HookContext context(Duration patience, HookInfo hook, String address) {
        AgentApi api = new AgentApi(controller, Json.newMapper(), "unit-wp-0", "pw", null);
        UnitApi unit = new UnitApi(api, "wp/0", "uuid-1", patience);
        UnitRemoteState remote = new UnitRemoteState(
                "wp/0",
                "wp",
                "alive",
                "alive",
                null,
                "0",
                "local:wp-0",
                null,
                "c",
                null,
                "wp/0",
                0,
                address,
                "127.0.0.10",
                null,
                true,
                300,
                new UnitRemoteState.ModelFacts("uuid-1", "default", null, null),
                List.of(),
                false);
        return new HookContext(
                hook,
                unit,
                new Leadership(unit, System::nanoTime),
                remote,
                List.of(
                        new HookContext.RelationView(
                                4, "db", "sql", "uuid-2", false, false, List.of("sql/0", "sql/10")),
                        new HookContext.RelationView(10, "db", "sql2", null, false, false, List.of()),
                        new HookContext.RelationView(0, "cluster", "wp", "uuid-1", true, false, List.of("wp/1"))),
                () -> Set.of("db", "cluster", "website", "juju-info"),
                Map.of("old", "1"),
                new SecureRandom());
    }

    @After
    public void tearDown() {
        server.close();
        log.close();
    }

    /** Runs a line of bash as a hook would. */
    private Ran sh(String line) throws IOException, InterruptedException {
        return sh(line, context.token());
    }

    private Ran sh(String line, String token) throws IOException, InterruptedException {
        Path out = temp.newFile().toPath();
        Path err = temp.newFile().toPath();
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", line)
                .directory(temp.getRoot())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
        builder.environment().put("JUJU_CONTEXT_ID", context.id());
        builder.environment().put("JUJU_AGENT_TOKEN", token);
        builder.environment().put("JUJU_AGENT_SOCKET_ADDRESS", server.address());
        Process process = builder.start();
        process.getOutputStream().close();
        assertTrue(line, process.waitFor(20, TimeUnit.SECONDS));
        return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private void prints(String line, String out) throws Exception {
        assertEquals(line, new Ran(0, out, ""), sh(line));
    }

    private void refuses(String line, int exit, String err) throws Exception {
        assertEquals(line, new Ran(exit, "", "ERROR " + err + "\n"), sh(line));
    }

    @Test
    public void strangersWhoDripKeepNoToolOut() throws Exception {
        int port = Integer.parseInt(server.address().split(":")[1]);
        List<Socket> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                Socket stranger = new Socket("127.0.0.1", port);
                strangers.add(stranger);
                try {
                    stranger.getOutputStream().write("ISTHMUS1".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException sentAway) {
                    // It waited longest.
                }
            }
            prints("config-get count", "3\n");
            long threads = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("hook-tool-"))
                    .count();
            assertTrue(threads + " threads", threads < 150);
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
    }

    @Test
    public void config() throws Exception {
        prints("config-get title", "Héllo\nworld\n");
        prints("config-get debug", "True\n");
        prints("config-get count --format=json", "3\n");
        prints("config-get unset", "");
        prints("config-get nothing --format json", "null\n");
        prints("config-get --format=json", "{\"count\":3,\"debug\":true,\"title\":\"Héllo\\nworld\"}\n");
        prints(
                "config-get -a --format=json",
                "{\"count\":3,\"debug\":true,\"title\":\"Héllo\\nworld\",\"unset\":null}\n");
        prints("config-get --format=yaml count", "3\n");
        controller.config.put("whole", 3.0);
        controller.config.put("half", 0.5);
        served.close();
        context = context(HOOK, "127.0.0.9");
        served = server.serve(context);
        prints("config-get whole; config-get --format=yaml whole; config-get --format=json whole", "3\n3\n3\n");
        prints(
                "config-get --format=json",
                "{\"count\":3,\"debug\":true,\"half\":0.5,\"title\":\"Héllo\\nworld\",\"whole\":3}\n");
    }

    @Test
    public void relations() throws Exception {
        prints("relation-ids", "db:4\ndb:10\n");
        prints("relation-ids db --format=json", "[\"db:4\",\"db:10\"]\n");
        prints("relation-ids none --format=json", "[]\n");
        prints("relation-ids none", "");
        prints("relation-list", "sql/0\nsql/10\n");
        prints("relation-list --format=json -r 10", "[]\n");
        prints("relation-list --format=json --app -r db:10", "\"sql2\"\n");
        prints("relation-get password", "s3cret\n");
        prints("relation-get nothing", "");
        prints("relation-get --format=json nothing", "null\n");
        prints(
                "relation-get --format=json -r 4 - sql/0",
                "{\"password\":\"s3cret\",\"port\":\"3306\",\"yes\":\"true\"}\n");
        // Strings that look like other things stay strings.
        prints("relation-get", "password: s3cret\nport: \"3306\"\n\"yes\": \"true\"\n");
        prints("relation-get --format=json -r 4 --app - sql", "{\"database\":\"wordpress\"}\n");
        prints("relation-get -r db:4 --app database sql", "wordpress\n");
        prints("relation-model-get --format=json -r 4", "{\"uuid\":\"uuid-2\"}\n");
        prints("relation-model-get -r cluster:0", "uuid: uuid-1\n");
        refuses("relation-model-get -r 10", 1, "relation 10 not found");
        refuses("relation-list -r 77", 2, "invalid value \"77\" for option -r: relation not found");
        // Of whom the hook is about, in whatever relation.
        prints("relation-get -r 10 password", "s3cret\n");
        prints("relation-get -r 10 --app database", "wordpress\n");
        refuses("relation-get x sql/9", 1, "unit \"sql/9\": settings not found");
    }

    @Test
    public void relationSetIsBufferedAndReadBack() throws Exception {
        prints("relation-set a=1 b=two=2 -r db:4", "");
        prints("relation-set -r 4 --file - <<<'{\"c\": \"x y\", \"n\": 5, \"gone\": \"\"}'", "");
        prints("printf 'k: \"multi\\n  line\"\\n' >in.yaml; relation-set --file in.yaml a=", "");
        prints(
                "relation-get --format=json - wp/0",
                "{\"b\":\"two=2\",\"c\":\"x y\",\"k\":\"multi line\",\"n\":\"5\"}\n");
        prints("relation-set -r 0 --app --file - <<<'leader: wp/0'", "");
        prints("relation-get -r 0 --app leader wp", "wp/0\n");
        assertEquals(Map.of(), controller.settings);
        assertEquals(
                new TreeMap<>(Map.of("a", "", "b", "two=2", "c", "x y", "gone", "", "k", "multi line", "n", "5")),
                new TreeMap<>(context.unitWrites().get(4)));
        assertEquals(Map.of(0, Map.of("leader", "wp/0")), context.applicationWrites());
        controller.leader = false;
    }

    @Test
    public void settingsOfAFileAreTheTextThatStandsThere() throws Exception {
        Files.writeString(
                temp.getRoot().toPath().resolve("odd.yaml"),
                """
                v: 1.10
                o: 010
                y: yes
                n: 1_000
                h: 0x1F
                e: 1e3
                t: 2026-01-02
                q: "1.10"
                none: ~
                base: &b x y
                same: *b
                """);
        prints("relation-set --file odd.yaml; state-set --file odd.yaml", "");
        Map<String, String> written = new TreeMap<>(Map.of("v", "1.10", "o", "010", "y", "yes", "n", "1_000"));
        written.putAll(Map.of("h", "0x1F", "e", "1e3", "t", "2026-01-02", "q", "1.10"));
        written.putAll(Map.of("none", "", "base", "x y", "same", "x y"));
        assertEquals(written, new TreeMap<>(context.unitWrites().get(4)));
        written.put("old", "1");
        assertEquals(written, new TreeMap<>(context.changedState()));
        refuses("relation-set --file - <<<'a: [b]'", 1, "cannot unmarshal \"a\" into string");
        refuses("relation-set --file - <<<'- b'", 1, "cannot read settings: yaml: expected map");
        assertEquals(1, sh("relation-set --file - <<<'a: {'").exit());
        refuses("relation-set --file /dev/zero", 1, "cannot read settings: more than 1048576 bytes");
        refuses(
                "head -c 1048577 /dev/zero | relation-set --file -",
                1,
                "cannot read settings: more than 1048576 bytes");
    }

    @Test
    public void onlyLeadersWriteApplicationSettings() throws Exception {
        controller.leader = false;
        prints("is-leader", "False\n");
        prints("is-leader --format=json", "false\n");
        refuses("relation-set --app x=y", 1, "cannot write relation settings");
        refuses("status-set --application active", 1, "this unit is not the leader");
        controller.leader = true;
        prints("is-leader --format=json", "true\n");
        prints("relation-set --app x=y", "");
    }

    @Test
    public void leadershipFailsRatherThanLies() throws Exception {
        controller.goAway();
        Ran ran = sh("is-leader");
        assertEquals(1, ran.exit());
        assertEquals("", ran.out());
        assertTrue(ran.err(), ran.err().startsWith("ERROR cannot reach the controller"));
        assertTrue(context.isUnreachable());
    }

    @Test
    public void network() throws Exception {
        prints("unit-get private-address", "127.0.0.9\n");
        prints("unit-get public-address --format=json", "\"127.0.0.10\"\n");
        // In the hook's own relation, or the one that is named, as its settings there say.
        prints("network-get db --ingress-address", "192.0.2.4\n");
        prints("network-get db -r 10 --ingress-address", "127.0.0.9\n");
        prints("network-get cluster -r db:4 --ingress-address", "192.0.2.4\n");
        prints("network-get website --ingress-address", "127.0.0.9\n");
        prints("network-get --bind-address db", "127.0.0.9\n");
        prints("network-get --primary-address db", "127.0.0.9\n");
        prints("network-get --egress-subnets db", "192.0.2.0/24\n198.51.100.0/24\n");
        prints("network-get --format=json -r 10 --egress-subnets db", "[\"127.0.0.9/32\"]\n");
        prints(
                "network-get --format=json db --ingress-address --bind-address",
                "{\"bind-address\":\"127.0.0.9\",\"ingress-address\":\"192.0.2.4\"}\n");
        prints(
                "network-get --format=json db",
                "{\"bind-addresses\":[{\"mac-address\":\"\",\"interface-name\":\"lo\",\"addresses\":[{\"hostname\":\"\","
                        + "\"value\":\"127.0.0.9\",\"cidr\":\"127.0.0.9/32\",\"address\":\"127.0.0.9\"}]}],"
                        + "\"egress-subnets\":[\"192.0.2.0/24\",\"198.51.100.0/24\"],"
                        + "\"ingress-addresses\":[\"192.0.2.4\"]}\n");
        refuses(
                "network-get --primary-address --bind-address db",
                1,
                "--primary-address must be the only flag specified");
        refuses("network-get -r 77 db", 2, "invalid value \"77\" for option -r: relation not found");
        refuses("network-get", 2, "no arguments specified");
        prints("network-get --bind-address website", "127.0.0.9\n");
        refuses("network-get nothing", 1, "no network config found for binding \"nothing\"");
    }

    @Test
    public void aUnitWithoutAnAddressHasNoNetworkYet() throws Exception {
        served.close();
        context = context(HOOK, null);
        served = server.serve(context);
        refuses("network-get db", 1, "no network config found for binding \"db\"");
        refuses("network-get --ingress-address website", 1, "no network config found for binding \"website\"");
    }

    @Test
    public void withoutARemoteUnitTheHookIsAboutTheApplication() throws Exception {
        served.close();
        context = context(new HookInfo("relation-changed", 4, "db", "sql", null, null, 1, null), "127.0.0.9");
        served = server.serve(context);
        prints("relation-get database", "wordpress\n");
        served.close();
        context = context(new HookInfo("start", null, null, null, null, null, 0, null), "127.0.0.9");
        served = server.serve(context);
        refuses("relation-get -r 10 x", 2, "no unit or application specified");
        refuses("relation-get -r 10 --app x", 2, "no unit or application specified");
        refuses("relation-get x", 2, "no relation id specified");
        prints("network-get db --ingress-address", "127.0.0.9\n");
        prints("network-get db -r 4 --ingress-address", "192.0.2.4\n");
    }

    @Test
    public void ports() throws Exception {
        prints(
                "open-port 80; open-port 8000-8010/udp; open-port --endpoints db,cluster 443/tcp; close-port 22/tcp",
                "");
        prints("opened-ports", "80/tcp\n443/tcp\n8000-8010/udp\n");
        prints(
                "opened-ports --endpoints --format=json",
                "[\"80/tcp (*)\",\"443/tcp (cluster, db)\",\"8000-8010/udp (*)\"]\n");
        prints("open-port icmp; close-port 80", "");
        assertEquals(4, context.opened().size());
        refuses("open-port 0/tcp", 2, "invalid port range 0-0/tcp");
        refuses("open-port", 2, "no port or range specified");
        refuses("open-port --endpoints db,nothing 9000", 1, "unknown endpoint \"nothing\"");
        assertEquals(4, context.opened().size());
    }

    @Test
    public void rangesThatTouchOthersOfTheUnitAreRefusedAtOnce() throws Exception {
        controller.ports.add("100-200/tcp");
        prints("open-port 100-200/tcp; open-port --endpoints db 100-200/tcp; open-port 100-200/udp", "");
        refuses(
                "open-port 50-100/tcp",
                1,
                "cannot open 50-100/tcp (unit \"wp/0\"): port range conflicts with 100-200/tcp (unit \"wp/0\")");
        prints("open-port 50-80", "");
        refuses(
                "open-port --endpoints db,cluster 40-90",
                1,
                "cannot open 40-90/tcp (unit \"wp/0\"): port range conflicts with 50-80/tcp (unit \"wp/0\")"
                        + " requested earlier");
        refuses(
                "close-port 150",
                1,
                "cannot close 150/tcp (unit \"wp/0\"): port range conflicts with 100-200/tcp (unit \"wp/0\")");
        prints("opened-ports", "22/tcp\n50-80/tcp\n100-200/tcp\n100-200/udp\n");
        // What this hook closes makes room.
        prints("close-port 50-80; open-port 40-90; close-port 22; open-port 20-25; open-port icmp; open-port icmp", "");
        prints("opened-ports", "icmp\n20-25/tcp\n40-90/tcp\n100-200/tcp\n100-200/udp\n");
    }

    @Test
    public void status() throws Exception {
        prints("status-set --application=False blocked -- '--need: a \"db\" ünïcode'", "");
        assertEquals(List.of("blocked: --need: a \"db\" ünïcode"), controller.statuses);
        prints("status-get", "blocked\n");
        prints(
                "status-get --include-data --format=json --application=false",
                "{\"message\":\"--need: a \\\"db\\\" ünïcode\",\"status\":\"blocked\",\"status-data\":{}}\n");
        refuses(
                "status-set great",
                2,
                "invalid status \"great\", expected one of [maintenance blocked waiting active]");
        prints("application-version-set -- 6.1.9", "");
        assertEquals("6.1.9", controller.version);
        assertTrue(context.isStatusSet());
    }

    @Test
    public void state() throws Exception {
        prints("state-set a=1 b=2; state-set --file - <<<'c: three'; state-delete b", "");
        prints("state-get --format=json", "{\"a\":\"1\",\"c\":\"three\",\"old\":\"1\"}\n");
        prints("state-get c", "three\n");
        prints("state-get --format=json nothing", "null\n");
        assertEquals(Map.of("a", "1", "c", "three", "old", "1"), context.changedState());
    }

    @Test
    public void everyToolHelps() throws Exception {
        for (String tool : HookTools.NAMES) {
            Ran ran = sh(tool + " --help");
            assertEquals(tool, 0, ran.exit());
            assertTrue(ran.out(), ran.out().startsWith("Usage: " + tool + " [options]"));
        }
        prints("juju-log -- --help", "");
    }

    /** How the Python library `ops` calls them; `--` ends options. */
    @Test
    public void formsOfCharmLibraries() throws Exception {
        for (String line : List.of(
                "is-leader --format=json",
                "config-get --format=json",
                "config-get --format=json title",
                "relation-ids db --format=json",
                "relation-list --format=json -r 4",
                "relation-list --format=json --app -r 4",
                "relation-get --format=json -r 4 - sql/0",
                "relation-get --format=json -r 4 port sql/0",
                "relation-get --format=json -r 4 --app - sql",
                "echo 'a: b' | relation-set -r 4 --file -",
                "echo '{\"a\": \"b\"}' | relation-set -r 4 --app --file -",
                "relation-model-get --format=json -r 4",
                "status-set --application=True active -- '-- message'",
                "status-set --application=False waiting -- ''",
                "status-get --include-data --format=json --application=true",
                "status-get --include-data --format=json --application=false",
                "juju-log --log-level WARNING -- --message",
                "application-version-set -- 1.2-3",
                "network-get --format=json -r 4 db",
                "network-get --format=json db",
                "opened-ports --endpoints --format=json",
                "opened-ports --format=json",
                "open-port --endpoints db,cluster 80/tcp",
                "open-port 8000-8010/udp",
                "open-port icmp",
                "close-port --endpoints db,cluster 80/tcp",
                "close-port icmp",
                "state-get --format=json",
                "echo '{}' | state-set --file -",
                "state-get old",
                "state-delete old",
                "goal-state --format=json")) {
            Ran ran = sh(line);
            assertEquals(line + ": " + ran.err(), 0, ran.exit());
        }
    }

    @Test
    public void toolsDoNotSwallowTheCallersInput() throws Exception {
        prints("printf 'a\\nb\\nc\\n' | while read -r x; do relation-ids db >/dev/null; echo $x; done", "a\nb\nc\n");
        prints("printf 'a\\nb\\n' | while read -r x; do relation-set k=$x; echo $x; done", "a\nb\n");
    }

    @Test
    public void largeAndOddValuesSurvive() throws Exception {
        prints(
                "v=$(printf '%0100000d' 7); relation-set --file - <<<\"big: '$v'\"; relation-get big wp/0 | wc -c",
                "100001\n");
        prints(
                "relation-set \"odd=$(printf 'a\\tb \\\\ \\n%%s $x `y` \"q\"')\"; relation-get odd wp/0",
                "a\tb \\ \n%s $x `y` \"q\"\n");
    }

    @Test
    public void strangersAreRefused() throws Exception {
        Ran ran = sh("config-get title", "guessed");
        assertEquals(1, ran.exit());
        assertTrue(ran.err(), ran.err().startsWith("ERROR bad request: bad context id"));
        Ran outside = sh("unset JUJU_CONTEXT_ID; config-get");
        assertEquals(new Ran(1, "", "ERROR JUJU_CONTEXT_ID not set\n"), outside);
        refuses("config-get --nonsense", 2, "option provided but not defined: --nonsense");
        assertEquals(0, sh("config-get --help").exit());
        prints("juju-log -l WARNING -- '--a message' with words; juju-log --log-level DEBUG x; juju-log --debug y", "");
    }

    @Test
    public void manyAtOnceAndFast() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            lines.add("x" + i);
        }
        Ran ran = sh("for i in {0..39}; do relation-set k$i=x$i & done; wait; relation-get --format=json - wp/0");
        assertEquals(0, ran.exit());
        Map<?, ?> read = json.readValue(ran.out().getBytes(StandardCharsets.UTF_8), Map.class);
        assertEquals(40, read.size());
        Ran timed = sh("s=$(date +%s%N); for i in {1..50}; do config-get count >/dev/null; done; "
                + "echo $(( ($(date +%s%N) - s) / 50000 ))");
        System.out.println("hook tool: " + timed.out().trim() + " microseconds each");
    }

    /** Sends a request as the script does, and does not wait for its answer. */
    private Socket ask(String token) throws IOException {
        int colon = server.address().indexOf(':');
        Socket socket =
                new Socket("127.0.0.1", Integer.parseInt(server.address().substring(colon + 1)));
        socket.setSoTimeout(30_000);
        String request = "ISTHMUS1 " + context.id() + " " + token + " status-get 0\n1\n/-1\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private static String answer(Socket socket) throws IOException {
        try (socket) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The door sends away who waits at it when there are very many at the same moment, which tools of bash never are. */
    private List<Socket> ask(int groups, int each) throws IOException {
        List<Socket> asked = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            for (int i = 0; i < each; i++) {
                asked.add(ask(context.token()));
            }
            assertTrue(answer(ask("guessed")).contains("bad context id"));
        }
        return asked;
    }

    /** All of them at a controller that does not answer. */
    private void patientContext() throws Exception {
        served.close();
        context = context(Duration.ofSeconds(30));
        served = server.serve(context);
        controller.statuses.add("active: here");
        controller.goAway();
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("hook-tool-\\d+"))
                .count();
    }

    @Test
    public void toolsBeyondWhatRunsAtATimeWaitForTheirTurn() throws Exception {
        patientContext();
        List<Socket> asked = ask(18, 60);
        assertTrue(threads() + " threads", threads() <= 32);
        controller.comeBack();
        Map<String, Integer> answers = new TreeMap<>();
        for (Socket socket : asked) {
            answers.merge(answer(socket), 1, Integer::sum);
        }
        assertEquals(
                Map.of("0 7 0\nactive\n", 1032, "1 0 45\nERROR too many hook tools: 1000 wait already\n", 48), answers);
        assertTrue(threads() + " threads", threads() <= 32);
    }

    @Test
    public void aToolWhoseHookEndsWhileItWaitsForItsTurnDoesNothing() throws Exception {
        patientContext();
        List<Socket> asked = ask(1, 40);
        controller.until(
                "as many as run at a time",
                () -> Thread.getAllStackTraces().values().stream()
                                .filter(stack -> List.of(stack).toString().contains("HookTools.run"))
                                .count()
                        == 32);
        served.close();
        controller.comeBack();
        int refused = 0;
        for (Socket socket : asked) {
            refused += answer(socket).contains("bad context id") ? 1 : 0;
        }
        assertEquals(8, refused);
    }
}
