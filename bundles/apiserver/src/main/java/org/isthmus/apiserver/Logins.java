package org.isthmus.apiserver;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.isthmus.api.Code;
import org.isthmus.api.Life;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.Machine;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Unit;
import org.isthmus.model.User;
import org.isthmus.rpc.ControllerContext;

/** Checks passwords, of sockets and of HTTP requests alike. */
final class Logins {
    private static final int QUEUE = 500;
    private static final int REMEMBERED = 1000;
    /** In characters. Whoever has not logged in chooses the name, and it is kept with its failures. */
    private static final int LONGEST_TAG = 300;
    /** In characters; no longer one can be set. Passwords wait for their turn. */
    private static final int LONGEST_PASSWORD = 1024;

    private final ControllerContext context;
    private final Threads threads;
    private final Failures failures;
    private final Mac mac;
    /** Passwords that a slow hash has proved, by user: MAC under a key of this process, and the hash they were proved against. */
    private final Map<String, Proved> proved = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Proved> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Proved(String hash, byte[] mac) {}

    Logins(ControllerContext context, Threads threads, Failures failures) {
        this.context = context;
        this.threads = threads;
        this.failures = failures;
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
        } catch (GeneralSecurityException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    Failures failures() {
        return failures;
    }

    static Refused bad() {
        return Problem.refuse(Code.UNAUTHORIZED, "invalid entity name or password");
    }

    /** Who wants to log in; what is no tag is refused as any wrong login. */
    static Tag tag(String text) {
        if (text.length() > LONGEST_TAG) {
            throw bad();
        }
        try {
            return Tag.parse(text);
        } catch (Refused notATag) {
            throw bad();
        }
    }

    /** `admin@local` is `admin`. */
    static String localName(String user) {
        return user.endsWith("@local") ? user.substring(0, user.length() - "@local".length()) : user;
    }

    /**
     * Proves who it is. The stage fails with `invalid entity name or password`, after a delay that grows.
     *
     * @param model the documents of the connection's model; null on a controller connection, where no agent is known
     * @param nonce null when none can be shown (HTTP)
     */
    CompletionStage<Tag> prove(Tag who, String password, String nonce, Snapshot model, String host) {
        if (password.length() > LONGEST_PASSWORD || nonce != null && nonce.length() > LONGEST_PASSWORD) {
            throw bad();
        }
        if (who.kind().equals("user") && remembers(localName(who.id()), password)) {
            // Whatever others of its host tried under its name.
            return CompletableFuture.completedFuture(Tag.user(localName(who.id())));
        }
        String name = who + " " + host;
        return failures.enter(name, threads).thenCompose(turn -> attempt(name, who, password, nonce, model));
    }

    private CompletionStage<Tag> attempt(String name, Tag who, String password, String nonce, Snapshot model) {
        CompletionStage<Tag> proving;
        try {
            proving = switch (who.kind()) {
                case "user" -> user(localName(who.id()), password);
                case "machine" -> machine(who, password, nonce, model);
                case "unit" -> unit(who, password, model);
                default -> CompletableFuture.failedFuture(bad());
            };
        } catch (RuntimeException refused) {
            proving = CompletableFuture.failedFuture(refused);
        }
        CompletableFuture<Tag> answer = new CompletableFuture<>();
        proving.whenComplete((tag, failure) -> {
            if (failure == null) {
                failures.right(name, threads);
                answer.complete(tag);
                return;
            }
            Problem problem = Refused.of(failure);
            if (problem == null || problem.code() != Code.UNAUTHORIZED) {
                failures.neither(name, threads);
                answer.completeExceptionally(failure);
                return;
            }
            Duration delay = failures.wrong(name, threads);
            threads.timer()
                    .schedule(
                            () -> threads.decide().execute(() -> answer.completeExceptionally(failure)),
                            delay.toMillis(),
                            TimeUnit.MILLISECONDS);
        });
        return answer;
    }

    private CompletionStage<Tag> user(String name, String password) {
        if (remembers(name, password)) {
            // Proved while this one waited.
            return CompletableFuture.completedFuture(Tag.user(name));
        }
        User user = context.store().controller().snapshot().get(Kinds.USER, name);
        byte[] shown = macOf(name, password);
        if (threads.passwords().getQueue().size() > QUEUE) {
            throw Problem.refuse(Code.TRY_AGAIN, "too many logins at a time, try again");
        }
        return context.access()
                .call(engine -> CompletableFuture.supplyAsync(
                        () -> {
                            if (user == null || user.passwordHash() == null) {
                                // As slow as for a user that exists, so that names cannot be told by time.
                                engine.hashPassword(password);
                                throw bad();
                            }
                            if (!engine.passwordMatches(user, password) || user.disabled()) {
                                throw bad();
                            }
                            synchronized (proved) {
                                proved.put(name, new Proved(user.passwordHash(), shown));
                            }
                            return Tag.user(name);
                        },
                        threads.passwords()))
                .thenApplyAsync(tag -> tag, threads.decide());
    }

    private boolean remembers(String name, String password) {
        User user = context.store().controller().snapshot().get(Kinds.USER, name);
        if (user == null || user.disabled() || user.passwordHash() == null) {
            return false;
        }
        byte[] shown = macOf(name, password);
        synchronized (proved) {
            Proved before = proved.get(name);
            return before != null
                    && before.hash().equals(user.passwordHash())
                    && MessageDigest.isEqual(before.mac(), shown);
        }
    }

    private byte[] macOf(String name, String password) {
        synchronized (mac) {
            return mac.doFinal((name + "\0" + password).getBytes(StandardCharsets.UTF_8));
        }
    }

    private CompletionStage<Tag> machine(Tag who, String password, String nonce, Snapshot model) {
        Machine machine = model == null ? null : model.get(Kinds.MACHINE, who.id());
        if (machine == null || machine.passwordHash() == null) {
            throw bad();
        }
        return context.access().call(engine -> {
            if (!engine.passwordMatches(machine, password)) {
                throw bad();
            }
            if (nonce != null
                    && machine.nonce() != null
                    && !machine.nonce().isEmpty()
                    && !machine.nonce().equals(nonce)) {
                // An instance of an earlier, forgotten try to start this machine.
                throw Problem.refuse(Code.NOT_PROVISIONED, "machine %s not provisioned", who.id());
            }
            return CompletableFuture.completedFuture(who);
        });
    }

    private CompletionStage<Tag> unit(Tag who, String password, Snapshot model) {
        Unit unit = model == null ? null : model.get(Kinds.UNIT, who.id());
        if (unit == null || unit.passwordHash() == null || unit.life() == Life.DEAD && unit.forced()) {
            throw bad();
        }
        return context.access().call(engine -> {
            if (!engine.passwordMatches(unit, password)) {
                throw bad();
            }
            return CompletableFuture.completedFuture(who);
        });
    }

    /** The machine of a unit; a subordinate's is its principal's. Null when it has none yet. */
    static String machineOf(Snapshot model, String unit) {
        Unit at = model.get(Kinds.UNIT, unit);
        if (at != null && at.machine() == null && at.principal() != null) {
            at = model.get(Kinds.UNIT, at.principal());
        }
        return at == null ? null : at.machine();
    }
}
