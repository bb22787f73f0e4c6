package org.isthmus.facades;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.LastConnection;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Errors.WireError;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.Entities;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.Listing;
import org.isthmus.wire.ModelCalls;
import org.isthmus.wire.Results;
import org.isthmus.wire.UserCalls.*;

/** The controller's own users. */
@Facade(name = "UserManager", since = 3, until = 3, scope = Facade.Scope.CONTROLLER)
final class UserManagerFacade {
    private static final int KEY_BYTES = 32;
    /** In one call. Each is slow arithmetic for which logins wait; clients send one. */
    private static final int PASSWORDS = 20;

    private final SecureRandom random = new SecureRandom();

    private static Snapshot controller(Call call) {
        return call.controller().store().controller().snapshot();
    }

    private interface Step {
        void take(AccessEngine engine, Tx tx);
    }

    private static CompletionStage<Object> change(Call call, Step step) {
        return call.controller()
                .access()
                .call(engine -> call.submit(call.controller().store().controller(), tx -> {
                    step.take(engine, tx);
                    return null;
                }));
    }

    private String newKey() {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    private static User need(Snapshot controller, String name) {
        User user = controller.get(Kinds.USER, name);
        if (user == null) {
            throw Problem.refuse(Code.USER_NOT_FOUND, "user \"%s\" not found", name);
        }
        return user;
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<Listing<AddedUser>> addUser(Call call, AddUsers params) {
        return Items.<AddUser, AddedUser, AddedUser>each(
                        call,
                        Items.few(PASSWORDS, params.users()),
                        this::add,
                        (added, error) -> error == null ? added : new AddedUser(null, null, error))
                .thenApply(Listing::new);
    }

    private CompletionStage<AddedUser> add(Call call, AddUser wire) {
        String name = wire.username();
        if (!Names.isUser(name) || name.contains("@")) {
            throw Problem.notValid("invalid username \"%s\"", name);
        }
        boolean registers = wire.password() == null || wire.password().isEmpty();
        String key = registers ? newKey() : null;
        Checks.needSuperuser(controller(call), call);
        return call.controller().access().call(engine -> call.<String>slow(
                        () -> registers ? null : engine.hashPassword(wire.password()))
                .thenCompose(
                        hash -> call.<Object>submit(call.controller().store().controller(), tx -> {
                            Checks.needSuperuser(tx.now(), call);
                            engine.addUser(
                                    tx,
                                    new User(
                                            name,
                                            Wires.orEmpty(wire.displayName()),
                                            hash,
                                            "login",
                                            call.caller().user(),
                                            call.now(),
                                            false,
                                            key));
                            return null;
                        }))
                .thenApply(done -> new AddedUser(Tag.user(name).toString(), key(call, name), null)));
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Results<UserInfo> userInfo(Call call, UserQuery params) {
        Snapshot controller = controller(call);
        boolean superuser = Checks.superuser(controller, call);
        List<String> names = new ArrayList<>();
        if (params.entities().isEmpty()) {
            for (User user : controller.all(Kinds.USER)) {
                boolean mine = user.name().equals(call.caller().user());
                if ((superuser || mine) && (!user.disabled() || params.includeDisabled())) {
                    names.add(user.name());
                }
            }
        } else {
            params.entities().forEach(e -> names.add(Checks.user(e.tag())));
        }
        return Items.readResults(names, name -> {
            Checks.needSelfOr(controller, call, name);
            User user = need(controller, name);
            LastConnection last = controller.get(Kinds.LAST_CONNECTION, name);
            return new UserInfo(
                    user.name(),
                    Wires.orEmpty(user.displayName()),
                    Wires.orEmpty(user.access()),
                    Wires.orEmpty(user.createdBy()),
                    user.created(),
                    last == null ? null : last.when(),
                    user.disabled());
        });
    }

    @Method(access = Access.CHECKED_INSIDE, mutates = true)
    public CompletionStage<ErrorResults> setPassword(Call call, SetPasswords params) {
        Set<String> changed = new HashSet<>();
        return Items.errors(call, Items.few(PASSWORDS, params.changes()), (each, change) -> {
            String name = Checks.user(change.tag());
            Checks.needSelfOr(controller(call), call, name);
            if (change.password() == null || change.password().isEmpty()) {
                throw Problem.notValid("cannot use an empty password");
            }
            need(controller(call), name);
            if (!changed.add(name)) {
                throw Problem.notValid("the password of \"%s\" is changed more than once in one call", name);
            }
            return call.controller().access().call(engine -> each.<String>slow(
                            () -> engine.hashPassword(change.password()))
                    .thenCompose(hash -> each.submit(call.controller().store().controller(), tx -> {
                        Checks.needSelfOr(tx.now(), call, name);
                        engine.setPasswordHash(tx, name, hash);
                        return null;
                    })));
        });
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<ErrorResults> disableUser(Call call, Entities params) {
        return setDisabled(call, params, true);
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<ErrorResults> enableUser(Call call, Entities params) {
        return setDisabled(call, params, false);
    }

    private static CompletionStage<ErrorResults> setDisabled(Call call, Entities params, boolean disabled) {
        return Items.errors(call, params.entities(), (each, e) -> {
            String name = Checks.user(e.tag());
            if (disabled && name.equals(call.caller().user())) {
                throw Problem.refuse(Code.NONE, "cannot disable yourself");
            }
            return change(each, (engine, tx) -> {
                Checks.needSuperuser(tx.now(), call);
                need(tx.now(), name);
                engine.setDisabled(tx, name, disabled);
            });
        });
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<ErrorResults> removeUser(Call call, Entities params) {
        return Items.errors(call, params.entities(), (each, e) -> {
            String name = Checks.user(e.tag());
            if (name.equals(call.caller().user())) {
                throw Problem.refuse(Code.NONE, "cannot remove yourself");
            }
            return change(each, (engine, tx) -> {
                Checks.needSuperuser(tx.now(), call);
                need(tx.now(), name);
                engine.removeUser(tx, name, call.now());
            });
        });
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<Listing<AddedUser>> resetPassword(Call call, Entities params) {
        return Items.<Entities.Entity, AddedUser, AddedUser>each(
                        call,
                        params.entities(),
                        (each, e) -> {
                            String name = Checks.user(e.tag());
                            String key = newKey();
                            return change(each, (engine, tx) -> {
                                        Checks.needSuperuser(tx.now(), call);
                                        need(tx.now(), name);
                                        engine.resetPassword(tx, name, key);
                                    })
                                    .thenApply(done -> new AddedUser(e.tag(), key(call, name), null));
                        },
                        (reset, error) -> error == null ? reset : new AddedUser(null, null, error))
                .thenApply(Listing::new);
    }

    /** Not remembered with the answer, but read from the user: there it lies until it is used, and no longer. */
    private static String key(Call call, String user) {
        User now = controller(call).get(Kinds.USER, user);
        return now == null ? null : now.secretKey();
    }

    /** Who may do what with these models. */
    @Method(access = Access.CHECKED_INSIDE)
    public Listing<ModelUser> modelUserInfo(Call call, Entities params) {
        return new Listing<>(Items.spread(
                params.entities(),
                entity -> {
                    Snapshot model = Checks.model(call, entity.tag()).snapshot();
                    Checks.need(call, model, "read");
                    boolean admin = Checks.rank(call.modelAccess(model)) >= Checks.rank("admin");
                    return Models.users(call, model, admin).stream()
                            .map(u -> new ModelUser(entity.tag(), u, null))
                            .toList();
                },
                (entity, error) -> new ModelUser(entity == null ? null : entity.tag(), null, error)));
    }

    record ModelUser(String modelTag, ModelCalls.UserInfo result, WireError error) {}
}
