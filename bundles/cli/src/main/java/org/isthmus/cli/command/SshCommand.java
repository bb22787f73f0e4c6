package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.isthmus.api.Names;
import picocli.CommandLine.Option;

/** `juju ssh`: into a machine of a localhost cloud directly, elsewhere by OpenSSH. */
final class SshCommand extends ModelCommand implements Terminal {
    @Option(names = "--proxy", description = "Proxy through the API server")
    boolean proxy;

    @Option(names = "--pty", description = "Enable pseudo-tty allocation")
    boolean pty;

    @Option(names = "--no-host-key-checks", description = "Skip host key checking (INSECURE)")
    boolean noHostKeyChecks;

    @Option(names = "--container", hidden = true)
    String container;

    @Override
    int run(Session session) throws IOException {
        if (args.isEmpty()) {
            throw Failure.usage("no target name specified");
        }
        if (session.invocation().exec() == null) {
            throw Failure.of("there is no terminal to give to ssh");
        }
        Target target = session.target(model);
        String user = null;
        String name = args.get(0);
        if (name.contains("@")) {
            user = name.substring(0, name.indexOf('@'));
            name = name.substring(name.indexOf('@') + 1);
        }
        // `ssh mysql/0 -- ls -d /`: the mark is for us, what follows it for the machine.
        boolean marked = args.size() > 1 && args.get(1).equals("--");
        List<String> command = args.subList(marked ? 2 : 1, args.size());
        Place place = Place.of(session.api(target)::call, Machines.of(session, target), name);
        List<String> argv = new ArrayList<>();
        if (place.folder() != null) {
            argv.addAll(
                    List.of("bash", enter(session).toString(), place.folder().toString()));
            argv.addAll(command);
            if (pty && !session.invocation().tty()) {
                argv = inPseudoTerminal(argv);
            }
        } else {
            argv.add("ssh");
            if (noHostKeyChecks) {
                argv.addAll(List.of("-o", "StrictHostKeyChecking no", "-o", "UserKnownHostsFile /dev/null"));
            }
            if (pty) {
                // Twice: also where there is no terminal here.
                argv.addAll(List.of("-t", "-t"));
            } else if (command.isEmpty()) {
                argv.add("-t");
            }
            argv.add((user == null ? "ubuntu" : user) + "@" + place.address());
            argv.addAll(command);
        }
        return session.invocation().exec().exec(argv, Map.of());
    }

    private static List<String> inPseudoTerminal(List<String> argv) {
        List<String> quoted = new ArrayList<>();
        argv.forEach(word -> quoted.add("'" + word.replace("'", "'\\''") + "'"));
        return List.of("script", "-qec", "exec " + String.join(" ", quoted), "/dev/null");
    }

    private static Path enter(Session session) {
        Path home = session.doors().home();
        Path script = home == null ? null : home.resolve("bin/enter-machine");
        if (script == null || !Files.isRegularFile(script)) {
            throw Failure.of("the program bin/enter-machine is not in this distribution");
        }
        return script;
    }

    /** A call of the model's API. */
    interface Asking {
        JsonNode call(String facade, String method, Object params);
    }

    /**
     * The folders of this container's machines, as far as they are this model's.
     *
     * @param bases the folders of containers that this user has
     */
    record Machines(List<Path> bases, String model, ObjectMapper json) {
        private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9-]+");

        static Machines of(Session session, Target target) {
            List<Path> bases = new ArrayList<>();
            if (session.doors().base() != null) {
                bases.add(session.doors().base());
            }
            if (!session.env("ISTHMUS_BASE").isEmpty()) {
                bases.add(session.path(session.env("ISTHMUS_BASE")));
            }
            return new Machines(bases, target.uuid(), session.documents().mapper());
        }

        /** The instance's folder; null if it is none of this container. The name is what some controller says: it leads nowhere else. */
        Path folder(String instance) throws IOException {
            if (!INSTANCE.matcher(instance).matches()) {
                return null;
            }
            for (Path base : bases) {
                Path folder = base.resolve("machines").resolve(instance);
                Path about = folder.resolve("machine.json");
                if (Files.isRegularFile(about)
                        && json.readTree(about.toFile())
                                .path("modelUuid")
                                .asText()
                                .equals(model)) {
                    return folder;
                }
            }
            return null;
        }
    }

    /**
     * Where a machine is.
     *
     * @param folder of a localhost machine of this container; null elsewhere
     */
    record Place(String address, Path folder) {
        static Place of(Asking api, Machines machines, String name) throws IOException {
            JsonNode status = api.call("Client", "FullStatus", Map.of("patterns", List.of()));
            String machine = machine(status, name);
            JsonNode node = machineNode(status.path("machines"), machine);
            if (node == null) {
                throw Failure.of("machine %s not found", machine);
            }
            // Whoever may read the model sees its machines; this is what says who may enter them.
            String tag = Names.isUnit(name) ? Session.unitTag(name) : Session.machineTag(machine);
            JsonNode answer = api.call("SSHClient", "PublicAddress", Map.of("entities", List.of(Map.of("tag", tag))))
                    .path("results")
                    .path(0);
            Api.refuseIfError(answer);
            return new Place(
                    answer.path("address").asText(),
                    machines.folder(node.path("instance-id").asText("")));
        }

        private static String machine(JsonNode status, String name) {
            if (name.matches("\\d+(/[a-z]+/\\d+)*")) {
                return name;
            }
            if (name.endsWith("/leader")) {
                String application = name.substring(0, name.length() - "/leader".length());
                JsonNode node = status.path("applications").path(application);
                if (node.isMissingNode()) {
                    throw Failure.of("application \"%s\" not found", application);
                }
                for (JsonNode unit : units(status, application)) {
                    if (unit.path("leader").asBoolean()) {
                        return machineOf(status, unit, name);
                    }
                }
                throw Failure.of("could not determine leader for \"%s\"", application);
            }
            if (Names.isUnit(name)) {
                for (JsonNode application : status.path("applications")) {
                    for (Map.Entry<String, JsonNode> unit :
                            application.path("units").properties()) {
                        if (unit.getKey().equals(name)) {
                            return machineOf(status, unit.getValue(), name);
                        }
                        if (unit.getValue().path("subordinates").has(name)) {
                            return machineOf(status, unit.getValue(), name);
                        }
                    }
                }
                throw Failure.of("unit \"%s\" not found", name);
            }
            throw Failure.usage(
                    "\"%s\" is not a valid target: expected a machine, a unit or <application>/leader", name);
        }

        private static List<JsonNode> units(JsonNode status, String application) {
            List<JsonNode> units = new ArrayList<>();
            status.path("applications").path(application).path("units").forEach(units::add);
            return units;
        }

        private static String machineOf(JsonNode status, JsonNode unit, String name) {
            String machine = unit.path("machine").asText("");
            if (machine.isEmpty()) {
                throw Failure.of("unit \"%s\" is not assigned to a machine", name);
            }
            return machine;
        }

        private static JsonNode machineNode(JsonNode machines, String id) {
            if (machines.has(id)) {
                return machines.path(id);
            }
            for (JsonNode machine : machines) {
                JsonNode found =
                        machine.path("containers").isEmpty() ? null : machineNode(machine.path("containers"), id);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
    }

    @Override
    List<String> complete(Session session) {
        if (!args.isEmpty()) {
            return List.of();
        }
        List<String> names = new ArrayList<>(Candidates.units(session, model));
        names.addAll(Candidates.machines(session, model));
        Candidates.applications(session, model).forEach(a -> names.add(a + "/leader"));
        return names;
    }
}
