package org.isthmus.provisioner;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.isthmus.api.Base;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Problem;
import org.isthmus.api.Product;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.model.Cause;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Snapshot;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Interest;
import org.isthmus.model.store.Logs.Line;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Reconciler;
import org.isthmus.spi.CloudProvider.AgentStart;
import org.isthmus.spi.CloudProvider.Instance;
import org.isthmus.spi.CloudProvider.StartRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every machine of a model its instance, and takes it away again. What it must not forget is in the model: the token of a
 * start is journaled before the cloud is asked, so that a start that was cut off is found again by it. In memory are only tries
 * and the password of a start under way; both may be lost at any moment.
 */
final class Provisioner implements Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Provisioner.class);
    private static final String ERROR = "provisioning error";
    private static final Duration PROVIDER_MISSING = Duration.ofSeconds(2);
    /** Refusals that another try will not turn into a start. */
    private static final Set<Code> FINAL =
            Set.of(Code.NOT_VALID, Code.NOT_SUPPORTED, Code.NOT_IMPLEMENTED, Code.UNAUTHORIZED, Code.FORBIDDEN);

    private final ProvisionerSettings settings;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    /** By model and machine. */
    private final Map<String, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();

    /** Of these, the starts. */
    private final Set<String> starts = ConcurrentHashMap.newKeySet();

    /** Models at whose instances nobody has looked since this was made. */
    private final Set<String> unseen = ConcurrentHashMap.newKeySet();

    private final Map<String, Attempt> attempts = new ConcurrentHashMap<>();
    private final Map<String, Instant> looked = new ConcurrentHashMap<>();
    private volatile boolean closing;

    /** Tries so far, and the secret that the instance under this token knows. */
    private record Attempt(String token, String nonce, String password, int failures, Instant next) {}

    Provisioner(ProvisionerSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "provisioner";
    }

    @Override
    public Set<Interest> interests() {
        return Set.of(Interest.in(Kinds.MACHINE), Interest.in(Kinds.MODEL));
    }

    @Override
    public CompletionStage<Duration> reconcile(ControllerContext controller, Documents documents, Cause cause) {
        Snapshot snapshot = documents.snapshot();
        ModelRecord model = snapshot.model();
        // A model that is being moved belongs to nobody: its machines are left as they are.
        if (closing || model == null || model.mode() != ModelRecord.Mode.ACTIVE) {
            return CompletableFuture.completedFuture(null);
        }
        boolean some = snapshot.all(Kinds.MACHINE).stream().anyMatch(machine -> !machine.controller());
        if (cause.first()) {
            unseen.add(model.uuid());
        }
        if (!some && !unseen.contains(model.uuid())) {
            attempts.keySet().removeIf(key -> key.startsWith(model.uuid()));
            looked.remove(model.uuid());
            return CompletableFuture.completedFuture(null);
        }
        ModelCloud cloud = new ModelCloud(controller, model);
        if (!cloud.isInstalled()) {
            return missing(controller, documents, model, some);
        }
        return new Turn(controller, documents, cloud).run();
    }

    /** Its machines say so; they are taken up on its return. */
    private CompletionStage<Duration> missing(
            ControllerContext controller, Documents documents, ModelRecord model, boolean some) {
        List<CompletionStage<?>> told = new ArrayList<>();
        for (Machine machine : documents.snapshot().by(Kinds.MACHINES_PENDING, "pending")) {
            if (!machine.controller() && machine.life() == Life.ALIVE) {
                told.add(status(
                        controller,
                        documents,
                        machine.id(),
                        "pending",
                        "waiting for the provider of cloud type \"" + model.cloudType()
                                + "\", which is not installed"));
            }
        }
        return all(told).thenApply(done -> {
            if (some) {
                return PROVIDER_MISSING;
            }
            return unseen.contains(model.uuid()) ? settings.look() : null;
        });
    }

    /** One look at one model. */
    private final class Turn {
        private final ControllerContext controller;
        private final Documents documents;
        private final ModelCloud cloud;
        private final String uuid;
        private Duration next;

        Turn(ControllerContext controller, Documents documents, ModelCloud cloud) {
            this.controller = controller;
            this.documents = documents;
            this.cloud = cloud;
            this.uuid = documents.snapshot().model().uuid();
        }

        CompletionStage<Duration> run() {
            Instant now = clock.instant();
            Instant last = looked.get(uuid);
            boolean due = unseen.contains(uuid) || last == null || !now.isBefore(last.plus(settings.look()));
            CompletionStage<Optional<Map<String, Instance>>> instances = due || mustLook(documents.snapshot())
                    ? look(now)
                    : CompletableFuture.completedFuture(Optional.empty());
            return instances
                    .thenCompose(found -> {
                        // Read after the list: whatever the list shows was journaled before, so it is known here.
                        Snapshot snapshot = documents.snapshot();
                        List<CompletionStage<?>> steps = new ArrayList<>();
                        found.ifPresent(map -> steps.add(compare(snapshot, map)));
                        for (Machine machine : snapshot.by(Kinds.MACHINES_PENDING, "pending")) {
                            if (!machine.controller() && machine.life() == Life.ALIVE) {
                                start(machine, found).ifPresent(steps::add);
                            }
                        }
                        for (Machine machine : snapshot.by(Kinds.MACHINES_ENDING, Kinds.ENDING)) {
                            end(machine, found).ifPresent(steps::add);
                        }
                        if (snapshot.all(Kinds.MACHINE).stream().anyMatch(machine -> !machine.controller())) {
                            soon(settings.look());
                        }
                        return all(steps)
                                .completeOnTimeout(null, settings.turn().toMillis(), TimeUnit.MILLISECONDS);
                    })
                    .thenApply(done -> next);
        }

        private void soon(Duration wait) {
            synchronized (this) {
                next = next == null || wait.compareTo(next) < 0 ? wait : next;
            }
        }

        /** Whether a token is about whose start nothing is known in memory. */
        private boolean mustLook(Snapshot snapshot) {
            for (Machine machine : snapshot.by(Kinds.MACHINES_PENDING, "pending")) {
                Attempt attempt = attempts.get(key(machine));
                boolean known = attempt != null && attempt.token().equals(machine.clientToken());
                if (machine.clientToken() != null && !known && !underWay.containsKey(key(machine))) {
                    return true;
                }
                if (machine.life() != Life.ALIVE && machine.clientToken() != null) {
                    return true;
                }
            }
            return false;
        }

        private CompletionStage<Optional<Map<String, Instance>>> look(Instant now) {
            return cloud.call(settings.callLimit(), opened -> opened.list()).thenApply(list -> {
                looked.put(uuid, now);
                unseen.remove(uuid);
                Map<String, Instance> byToken = new HashMap<>();
                list.forEach(instance -> byToken.put(instance.token(), instance));
                return Optional.of(byToken);
            });
        }

        private String key(Machine machine) {
            return uuid + ":" + machine.id();
        }

        private long startsUnderWay() {
            return starts.stream().filter(key -> key.startsWith(uuid + ":")).count();
        }

        private int workers() {
            Object set = documents.snapshot().model().config().get("num-provision-workers");
            return set == null ? settings.parallel() : ((Number) set).intValue();
        }

        /** Takes over what the cloud says of known instances; stops what no machine knows any more, as far as the model wants it. */
        private CompletionStage<?> compare(Snapshot snapshot, Map<String, Instance> instances) {
            Comparison seen = new Comparison(snapshot, instances.values());
            List<CompletionStage<?>> steps = new ArrayList<>();
            seen.moved()
                    .forEach((machine, instance) -> steps.add(submit(
                            (engine, tx) -> engine.setMachineAddresses(tx, machine.id(), instance.addresses()))));
            seen.running()
                    .forEach((machine, instance) -> steps.add(
                            status(controller, documents, machine.id(), instance.status(), instance.message())));
            for (Machine gone : seen.gone()) {
                steps.add(status(controller, documents, gone.id(), "unknown", "instance is gone from the cloud"));
            }
            if (!seen.left().isEmpty()) {
                LOG.debug(
                        "Model {}: no machine knows the instances {}; its harvest mode leaves them", uuid, seen.left());
            }
            if (!seen.unknown().isEmpty()) {
                LOG.info("Model {}: stopping instances that no machine knows: {}", uuid, seen.unknown());
                steps.add(cloud.call(settings.callLimit(), opened -> opened.stop(seen.unknown())));
            }
            return all(steps);
        }

        private Optional<CompletionStage<?>> start(Machine machine, Optional<Map<String, Instance>> found) {
            String key = key(machine);
            Instant now = clock.instant();
            Attempt attempt = attempts.get(key);
            if (machine.instanceStatus() != null
                    && machine.instanceStatus().status().equals(ERROR)) {
                attempts.remove(key);
                return Optional.empty();
            }
            if (underWay.containsKey(key)) {
                // It may end in another try, long after the turn that asked for it.
                soon(Duration.ofSeconds(1));
                return Optional.empty();
            }
            if (attempt != null && now.isBefore(attempt.next())) {
                soon(Duration.between(now, attempt.next()));
                return Optional.empty();
            }
            if (startsUnderWay() >= workers()) {
                soon(Duration.ofSeconds(1));
                return Optional.empty();
            }
            if (machine.id().contains("/")) {
                return Optional.of(status(
                        controller, documents, machine.id(), ERROR, "containers are not supported on this cloud"));
            }
            CompletableFuture<Void> mine = new CompletableFuture<>();
            underWay.put(key, mine);
            starts.add(key);
            CompletionStage<Void> work;
            try {
                work = secret(machine, attempt, found)
                        .thenCompose(secret -> ask(machine, secret))
                        .handle((done, failure) -> failure)
                        .thenCompose(failure -> failure == null ? done(key) : failed(machine, failure));
            } catch (RuntimeException failure) {
                work = failed(machine, failure);
            }
            work.whenComplete((done, failure) -> {
                starts.remove(key);
                underWay.remove(key, mine);
                if (failure != null) {
                    LOG.warn("Model {}: machine {}", uuid, machine.id(), failure);
                }
                mine.complete(null);
            });
            soon(Duration.ofSeconds(1));
            return Optional.of(mine);
        }

        private CompletionStage<Void> done(String key) {
            attempts.remove(key);
            return CompletableFuture.completedFuture(null);
        }

        /** The attempt's secret: the one in memory, none for an instance that is there, else a new one, journaled first. */
        private CompletionStage<Attempt> secret(
                Machine machine, Attempt attempt, Optional<Map<String, Instance>> found) {
            String token = machine.clientToken();
            if (attempt != null && attempt.token().equals(token)) {
                return CompletableFuture.completedFuture(attempt);
            }
            if (token != null && found.isPresent() && found.get().containsKey(token)) {
                // It knows its password; asking again under the token only finishes it.
                return CompletableFuture.completedFuture(
                        new Attempt(token, machine.nonce(), newPassword(), failures(attempt), clock.instant()));
            }
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            Attempt fresh = new Attempt(
                    HexFormat.of().formatHex(bytes),
                    Tag.machine(machine.id()) + ":" + UUID.randomUUID(),
                    newPassword(),
                    failures(attempt),
                    clock.instant());
            return controller
                    .access()
                    .call(access -> CompletableFuture.completedFuture(access.hashAgentPassword(fresh.password())))
                    .thenCompose(hash -> submit(
                            (engine, tx) -> engine.intendStart(tx, machine.id(), fresh.token(), fresh.nonce(), hash)))
                    .thenApply(journaled -> {
                        attempts.put(key(machine), fresh);
                        return fresh;
                    });
        }

        private int failures(Attempt attempt) {
            return attempt == null ? 0 : attempt.failures();
        }

        private String newPassword() {
            byte[] bytes = new byte[18];
            random.nextBytes(bytes);
            return Base64.getEncoder().encodeToString(bytes);
        }

        private CompletionStage<Void> ask(Machine machine, Attempt secret) {
            ModelRecord model = documents.snapshot().model();
            StartRequest request = new StartRequest(
                    secret.token(),
                    machine.id(),
                    machine.requestedBase() == null
                            ? null
                            : machine.requestedBase().toString(),
                    machine.constraints(),
                    machine.placement(),
                    new AgentStart(
                            controller.uuid(),
                            uuid,
                            Tag.machine(machine.id()).toString(),
                            secret.nonce(),
                            secret.password(),
                            controller.apiAddresses(),
                            controller.caCert(),
                            model.agentVersion() == null ? Product.AGENT_VERSION : model.agentVersion()),
                    tags(model, machine));
            return cloud.call(settings.startLimit(), opened -> {
                        opened.precheck(request.constraints(), request.placement())
                                .forEach(warning -> warn(machine, warning));
                        return opened.start(request, (word, message) -> progress(machine, word, message));
                    })
                    .thenCompose(instance -> provisioned(machine, secret.token(), instance));
        }

        /** Those of the model's `resource-tags`, then what says whose it is. */
        private Map<String, String> tags(ModelRecord model, Machine machine) {
            Map<String, String> tags = new TreeMap<>();
            Object own = model.config().get("resource-tags");
            for (String tag :
                    own == null ? new String[0] : own.toString().trim().split("[ ,]+")) {
                int equals = tag.indexOf('=');
                if (equals > 0) {
                    tags.put(tag.substring(0, equals), tag.substring(equals + 1));
                }
            }
            tags.put("juju-controller-uuid", controller.uuid());
            tags.put("juju-model-uuid", uuid);
            tags.put("juju-machine-id", machine.id());
            return tags;
        }

        /** Whoever may read the model is told, not the controller's administrators alone. */
        private void warn(Machine machine, String warning) {
            controller
                    .logs()
                    .append(new Line(
                            clock.instant(),
                            uuid,
                            Tag.machine(machine.id()).toString(),
                            "WARNING",
                            "juju.provisioner",
                            "",
                            List.of(),
                            warning));
        }

        private void progress(Machine machine, String word, String message) {
            if (!word.equals("running") && underWay.containsKey(key(machine))) {
                status(controller, documents, machine.id(), word, message).whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.debug("machine {}: status not told", machine.id(), failure);
                    }
                });
            }
        }

        private CompletionStage<Void> provisioned(Machine machine, String token, Instance instance) {
            Instant now = clock.instant();
            return submit((engine, tx) -> {
                Machine there = tx.get(Kinds.MACHINE, machine.id());
                // Another start took the place of this one: its instance is found by the next list, and stopped.
                if (there == null || !token.equals(there.clientToken())) {
                    return;
                }
                engine.provisioned(
                        tx,
                        machine.id(),
                        instance.id(),
                        instance.displayName(),
                        instance.hardware(),
                        instance.addresses(),
                        instance.base() == null ? null : Base.parse(instance.base()),
                        instance.hostname());
                engine.setInstanceStatus(tx, machine.id(), new StatusValue(instance.status(), instance.message(), now));
            });
        }

        private CompletionStage<Void> failed(Machine machine, Throwable failure) {
            Throwable cause = failure;
            while (cause.getCause() != null
                    && (cause instanceof java.util.concurrent.CompletionException
                            || cause instanceof java.io.UncheckedIOException)) {
                cause = cause.getCause();
            }
            Problem problem = Refused.of(failure);
            String message = problem != null
                    ? problem.message()
                    : cause instanceof java.util.concurrent.TimeoutException
                            ? "no answer from the cloud"
                            : cause.getMessage() == null ? cause.toString() : cause.getMessage();
            String key = key(machine);
            Attempt attempt = attempts.get(key);
            if (problem != null && problem.code() == Code.TRY_AGAIN) {
                // A part of this controller or its provider is being replaced: that is nobody's failed try.
                soon(Duration.ofSeconds(1));
                return CompletableFuture.completedFuture(null);
            }
            if (problem == null) {
                LOG.warn("Model {}: machine {} did not start: {}", uuid, machine.id(), message);
                LOG.debug("machine {}", machine.id(), cause);
            }
            int failures = failures(attempt) + 1;
            if (problem != null && FINAL.contains(problem.code()) || failures >= settings.tries()) {
                attempts.remove(key);
                return status(controller, documents, machine.id(), ERROR, message);
            }
            Instant next = clock.instant().plus(settings.between());
            attempts.put(
                    key,
                    attempt == null
                            ? new Attempt("", "", "", failures, next)
                            : new Attempt(attempt.token(), attempt.nonce(), attempt.password(), failures, next));
            soon(settings.between());
            return status(
                    controller,
                    documents,
                    machine.id(),
                    "pending",
                    String.format(
                            "failed to start machine %s (%s), retrying in %ds (%d more attempts)",
                            machine.id(), message, settings.between().toSeconds(), settings.tries() - failures));
        }

        private Optional<CompletionStage<?>> end(Machine machine, Optional<Map<String, Instance>> found) {
            if (machine.controller() || underWay.containsKey(key(machine))) {
                return Optional.empty();
            }
            boolean never = machine.instanceId() == null;
            if (machine.life() == Life.DYING && !never) {
                return Optional.empty(); // its agent ends it; where it is forced, in time without its agent
            }
            List<String> ids = new ArrayList<>();
            if (!never) {
                ids.add(machine.instanceId());
            } else if (machine.clientToken() != null) {
                if (found.isEmpty()) {
                    soon(Duration.ofSeconds(1));
                    return Optional.empty();
                }
                Instance started = found.get().get(machine.clientToken());
                if (started != null) {
                    ids.add(started.id());
                }
            }
            if (machine.life() == Life.DYING) {
                return Optional.of(submit((engine, tx) -> {
                    Machine now = tx.get(Kinds.MACHINE, machine.id());
                    boolean still = now != null && now.life() == Life.DYING && (now.instanceId() == null) == never;
                    if (still && tx.now().count(Kinds.UNITS_BY_MACHINE, machine.id()) == 0) {
                        engine.machineDead(tx, machine.id());
                    }
                }));
            }
            CompletableFuture<Void> mine = new CompletableFuture<>();
            underWay.put(key(machine), mine);
            Harvest harvest = Harvest.of(documents.snapshot());
            if (!ids.isEmpty() && !harvest.destroyed()) {
                LOG.info(
                        "Model {}: harvest mode {} leaves the instance of machine {}: {}",
                        uuid,
                        harvest,
                        machine.id(),
                        ids);
                ids.clear();
            }
            CompletionStage<Void> stopped = ids.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : cloud.call(settings.callLimit(), opened -> opened.stop(ids));
            stopped.thenCompose(done -> submit((engine, tx) -> engine.removeMachine(tx, machine.id())))
                    .whenComplete((done, failure) -> {
                        attempts.remove(key(machine));
                        underWay.remove(key(machine), mine);
                        if (failure != null) {
                            mine.completeExceptionally(failure);
                        } else {
                            mine.complete(null);
                        }
                    });
            // If it takes longer than this turn, a later one must look again, should it fail.
            soon(Duration.ofSeconds(10));
            return Optional.of(mine);
        }

        private CompletionStage<Void> submit(BiConsumer<ApplicationEngine, Tx> decision) {
            return Provisioner.submit(controller, documents, decision);
        }
    }

    private static CompletionStage<Void> submit(
            ControllerContext controller, Documents documents, BiConsumer<ApplicationEngine, Tx> decision) {
        return controller
                .applications()
                .call(engine -> documents.submit(tx -> {
                    decision.accept(engine, tx);
                    return null;
                }));
    }

    /** Says it once: a status that stands already is no change, or the change would call this reconciler for ever. */
    private CompletionStage<Void> status(
            ControllerContext controller, Documents documents, String machine, String word, String message) {
        if (says(documents.snapshot().get(Kinds.MACHINE, machine), word, message)) {
            return CompletableFuture.completedFuture(null);
        }
        Instant now = clock.instant();
        return submit(controller, documents, (engine, tx) -> {
            Machine there = tx.get(Kinds.MACHINE, machine);
            if (there != null && !says(there, word, message)) {
                engine.setInstanceStatus(tx, machine, new StatusValue(word, message, now));
            }
        });
    }

    private static boolean says(Machine machine, String word, String message) {
        return machine == null
                || machine.instanceStatus() != null
                        && machine.instanceStatus().status().equals(word)
                        && machine.instanceStatus().message().equals(message == null ? "" : message);
    }

    private static CompletableFuture<Void> all(List<CompletionStage<?>> stages) {
        return CompletableFuture.allOf(
                stages.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new));
    }

    /** Takes no more turns, and waits for what is under way, so that no class of this bundle is needed after it left. */
    void close(Duration limit) {
        closing = true;
        try {
            all(new ArrayList<>(underWay.values())).get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException late) {
            LOG.info("{} starts or stops go on; their instances are found again by token", underWay.size());
        }
    }
}
