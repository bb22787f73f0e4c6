package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Durations;
import org.isthmus.api.Problem;
import org.isthmus.api.Product;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.LastConnection;
import org.isthmus.model.Snapshot;
import org.isthmus.model.User;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Caller;

/** `Admin.Login`, version 3. */
final class Admin {
    /** Who logs in without a password, as another controller does. */
    static final String ANONYMOUS = "user-jujuanonymous";

    private static final int AGENTS_AT_ONCE = 250;
    private static final Duration AGENT_EACH = Duration.ofMillis(5);

    private final Server server;
    private final Bucket agents = new Bucket();

    Admin(Server server) {
        this.server = server;
    }

    private static String text(JsonNode params, String name) {
        for (Map.Entry<String, JsonNode> field : params.properties()) {
            if (field.getKey().toLowerCase(Locale.ROOT).equals(name)) {
                return field.getValue().isNull() ? "" : field.getValue().asText("");
            }
        }
        return "";
    }

    CompletionStage<ObjectNode> login(Connection connection, JsonNode params) {
        String tag = text(params, "auth-tag");
        String password = text(params, "credentials");
        String nonce = text(params, "nonce");
        Caller before = connection.caller();
        // Unknown models are told even before the password: the client is at the wrong controller.
        Documents model = server.documents(connection.modelUuid());
        if (tag.equals(ANONYMOUS)) {
            if (before != null) {
                throw Problem.refuse(Code.NONE, "already logged in");
            }
            Caller caller = new Caller(null, Set.of(), true, connection.number(), connection.origin());
            connection.caller(caller);
            server.entered(connection);
            return CompletableFuture.completedFuture(result(connection, caller, null));
        }
        if (tag.isEmpty() || (tag.startsWith("user-") && password.isEmpty())) {
            throw Problem.refuse(Code.NO_CREDENTIALS, "no credentials provided");
        }
        Tag who = Logins.tag(tag);
        boolean user = who.kind().equals("user");
        if (password.isEmpty()) {
            throw Logins.bad();
        }
        if (before != null && (user || !before.isAgent())) {
            throw Problem.refuse(Code.NONE, "already logged in");
        }
        if (!user && before == null && !admitAgent()) {
            throw Problem.refuse(Code.TRY_AGAIN, "try again");
        }
        Snapshot snapshot = model == null ? null : model.snapshot();
        return server.logins()
                .prove(who, password, nonce, snapshot, server.hostOf(connection.origin()))
                .thenCompose(proved ->
                        user ? enterUser(connection, proved.id(), model) : enterAgent(connection, proved, model));
    }

    /** Controller settings of Juju; without them, faster than Juju: 10 000 agents are back within a minute. */
    private boolean admitAgent() {
        Map<String, Object> settings = server.settings();
        int most = AGENTS_AT_ONCE;
        Duration each = AGENT_EACH;
        if (settings.get("agent-ratelimit-max") != null) {
            most = Integer.parseInt(
                    settings.get("agent-ratelimit-max").toString().trim());
        }
        if (settings.get("agent-ratelimit-rate") != null) {
            Duration set = Durations.parse(settings.get("agent-ratelimit-rate").toString());
            each = set == null ? each : set;
        }
        // As in Juju, a size of 0 turns the limit off.
        return most <= 0 || agents.take(most, each);
    }

    private CompletionStage<ObjectNode> enterUser(Connection connection, String name, Documents model) {
        return server.context().access().call(engine -> {
            Snapshot controller = server.context().store().controller().snapshot();
            Caller caller = new Caller(name, Set.of(), false, connection.number(), connection.origin());
            User user = Rights.user(controller, name);
            if (user == null) {
                throw Logins.bad();
            }
            Snapshot snapshot = model == null ? null : model.snapshot();
            String modelAccess = "";
            if (!Rights.mayEnter(user, model != null, server.settings())) {
                throw Problem.denied();
            }
            if (model != null) {
                modelAccess = new Rights(engine).modelAccess(controller, snapshot, caller);
                if (modelAccess.isEmpty()) {
                    throw Problem.denied();
                }
            }
            ObjectNode info = server.json().createObjectNode();
            info.put("display-name", user.displayName() == null ? "" : user.displayName());
            info.put("identity", Tag.user(name).toString());
            LastConnection last = (snapshot == null ? controller : snapshot).get(Kinds.LAST_CONNECTION, name);
            if (last != null && last.when() != null) {
                info.put("last-connection", last.when().toString());
            }
            info.putNull("credentials");
            info.put("controller-access", user.access() == null ? "" : user.access());
            info.put("model-access", modelAccess);
            synchronized (connection) {
                if (connection.caller() != null) {
                    throw Problem.refuse(Code.NONE, "already logged in");
                }
                connection.caller(caller);
            }
            server.entered(connection);
            connection.standing(new Standing(server, connection, caller, model));
            server.audit().conversation(connection, caller);
            connection.lastSeen(new LastSeen(server, name, model));
            return CompletableFuture.completedFuture(result(connection, caller, info));
        });
    }

    private CompletionStage<ObjectNode> enterAgent(Connection connection, Tag who, Documents model) {
        Caller caller;
        boolean first;
        synchronized (connection) {
            Caller before = connection.caller();
            first = before == null;
            Set<Tag> identities = new HashSet<>();
            if (before != null) {
                if (!before.isAgent()) {
                    throw Problem.refuse(Code.NONE, "already logged in");
                }
                if (!before.isAgent(who)) {
                    sameMachine(before, who, model.snapshot());
                }
                identities.addAll(before.agents());
            }
            identities.add(who);
            caller = new Caller(null, identities, false, connection.number(), connection.origin());
            if (before == null || !before.isAgent(who)) {
                connection.caller(caller);
                server.present(connection, who);
            }
        }
        if (first) {
            server.entered(connection);
        }
        ObjectNode info = server.json().createObjectNode();
        info.put("display-name", "");
        info.put("identity", who.toString());
        info.putNull("credentials");
        info.put("controller-access", "");
        info.put("model-access", "");
        ObjectNode result = result(connection, caller, info);
        // An agent follows the owner with the highest it has heard.
        result.put("epoch", model.snapshot().model().epoch());
        return CompletableFuture.completedFuture(result);
    }

    private static void sameMachine(Caller before, Tag who, Snapshot model) {
        if (who.kind().equals("unit")) {
            String machine = Logins.machineOf(model, who.id());
            if (machine != null && before.isAgent(Tag.machine(machine))) {
                return;
            }
        }
        throw Problem.denied();
    }

    private ObjectNode result(Connection connection, Caller caller, ObjectNode user) {
        ObjectNode result = server.json().createObjectNode();
        ArrayNode servers = result.putArray("servers");
        for (String address : server.context().apiAddresses()) {
            int colon = address.lastIndexOf(':');
            if (colon <= 0) {
                continue;
            }
            String host = address.substring(0, colon).replace("[", "").replace("]", "");
            ObjectNode at = servers.addArray().addObject();
            at.put("value", host);
            at.put("type", host.contains(":") ? "ipv6" : host.matches("[0-9.]+") ? "ipv4" : "hostname");
            at.put("scope", host.startsWith("127.") || host.equals("::1") ? "local-machine" : "local-cloud");
            at.put("port", Integer.parseInt(address.substring(colon + 1)));
        }
        Object publicName = server.settings().get("public-dns-address");
        if (publicName != null && !publicName.toString().isEmpty()) {
            result.put("public-dns-name", publicName.toString());
        }
        if (connection.modelUuid() != null) {
            result.put("model-tag", Tag.model(connection.modelUuid()).toString());
        }
        result.put("controller-tag", Tag.controller(server.context().uuid()).toString());
        if (user != null) {
            result.set("user-info", user);
        }
        Map<String, Set<Integer>> offered = new TreeMap<>();
        offered.put("Pinger", new TreeSet<>(Set.of(1)));
        for (Facades.Room room : server.facades().rooms()) {
            for (FacadeTable.Offered facade : room.offered()) {
                if (connection.offers(facade.scope(), caller)) {
                    Set<Integer> versions = offered.computeIfAbsent(facade.name(), n -> new TreeSet<>());
                    for (int version = facade.since(); version <= facade.until(); version++) {
                        versions.add(version);
                    }
                }
            }
        }
        ArrayNode facades = result.putArray("facades");
        offered.forEach((name, versions) -> {
            ObjectNode facade = facades.addObject();
            facade.put("name", name);
            ArrayNode list = facade.putArray("versions");
            versions.forEach(list::add);
        });
        result.put("server-version", Product.SERVER_VERSION);
        return result;
    }
}
