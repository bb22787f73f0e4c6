package org.isthmus.facades;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.CloudRecord;
import org.isthmus.model.Credential;
import org.isthmus.model.Kinds;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Summary;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ModelEngine;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.spi.CloudProvider;
import org.isthmus.wire.CloudCalls;
import org.isthmus.wire.CloudCalls.*;
import org.isthmus.wire.Entities;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.Listing;
import org.isthmus.wire.Results;

/** Clouds that the controller knows, and the credentials of its users. */
@Facade(name = "Cloud", since = 7, until = 7, scope = Facade.Scope.CONTROLLER)
final class CloudFacade {

    private static Snapshot controller(Call call) {
        return call.controller().store().controller().snapshot();
    }

    /** One decision on the controller's documents, by the model engine. */
    private interface Step {
        void take(ModelEngine engine, Tx tx);
    }

    private static CompletionStage<Object> change(Call call, Step step) {
        return call.controller()
                .models()
                .call(engine -> call.submit(call.controller().store().controller(), tx -> {
                    step.take(engine, tx);
                    return null;
                }));
    }

    // --- clouds

    static Cloud wire(CloudRecord cloud, Snapshot controller) {
        return new Cloud(
                cloud.type(),
                null,
                cloud.authTypes(),
                Wires.orEmpty(cloud.endpoint()),
                null,
                null,
                regions(cloud),
                null,
                null,
                cloud.config().isEmpty() ? null : cloud.config(),
                null,
                controller.controller() != null
                        && cloud.name().equals(controller.controller().cloud()));
    }

    private static List<Region> regions(CloudRecord cloud) {
        return cloud.regions().stream()
                .map(r -> new Region(r.name(), Wires.orEmpty(r.endpoint()), null, null))
                .toList();
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Clouds clouds(Call call) {
        Snapshot controller = controller(call);
        Map<String, Cloud> clouds = new TreeMap<>();
        controller.all(Kinds.CLOUD).forEach(c -> clouds.put(Tag.cloud(c.name()).toString(), wire(c, controller)));
        return new Clouds(clouds);
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Listing<CloudResult> cloud(Call call, Entities params) {
        Snapshot controller = controller(call);
        return new Listing<>(Items.read(
                params == null ? List.<Entities.Entity>of() : params.entities(),
                e -> wire(controller.need(Kinds.CLOUD, Tag.idOf("cloud", e.tag())), controller),
                (cloud, error) -> new CloudResult(cloud, error)));
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Results<CloudInfo> cloudInfo(Call call, Entities params) {
        Snapshot controller = controller(call);
        return Items.readResults(params == null ? List.<Entities.Entity>of() : params.entities(), e -> {
            CloudRecord cloud = controller.need(Kinds.CLOUD, Tag.idOf("cloud", e.tag()));
            List<CloudUser> users = new ArrayList<>();
            boolean all = Checks.superuser(controller, call);
            controller.all(Kinds.USER).forEach(user -> {
                // Who administers a cloud is for administrators to know.
                boolean told = all || user.name().equals(call.caller().user());
                if (told && "superuser".equals(user.access()) && !user.disabled()) {
                    users.add(new CloudUser(user.name(), Wires.orEmpty(user.displayName()), "admin"));
                }
            });
            return new CloudInfo(
                    cloud.type(), cloud.authTypes(), Wires.orEmpty(cloud.endpoint()), regions(cloud), users);
        });
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Results<ListedCloud> listCloudInfo(Call call, ListCloudInfo params) {
        Snapshot controller = controller(call);
        String user = params == null || params.userTag() == null ? call.caller().user() : Checks.user(params.userTag());
        Checks.needSelfOr(controller, call, user);
        String access = Checks.superuser(controller, call) ? "admin" : "";
        return Items.readResults(
                new ArrayList<>(controller.all(Kinds.CLOUD)),
                cloud -> new ListedCloud(
                        cloud.type(), cloud.authTypes(), Wires.orEmpty(cloud.endpoint()), regions(cloud), access));
    }

    private static CloudRecord record(CloudCalls.AddCloud params) {
        Cloud cloud = params.cloud();
        if (cloud == null || params.name() == null || params.name().isEmpty()) {
            throw Problem.notValid("empty cloud name not valid");
        }
        return new CloudRecord(
                params.name(),
                cloud.type(),
                cloud.authTypes(),
                cloud.endpoint(),
                cloud.regions() == null
                        ? List.of()
                        : cloud.regions().stream()
                                .map(r -> new CloudRecord.Region(r.name(), r.endpoint()))
                                .toList(),
                cloud.config());
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<Object> addCloud(Call call, CloudCalls.AddCloud params) {
        CloudRecord cloud = record(params);
        return change(call, (engine, tx) -> {
            Checks.needSuperuser(tx.now(), call);
            engine.putCloud(tx, cloud, false);
        });
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<ErrorResults> updateCloud(Call call, UpdateClouds params) {
        return Items.errors(call, params == null ? List.<CloudCalls.AddCloud>of() : params.clouds(), (each, update) -> {
            CloudRecord cloud = record(update);
            return change(each, (engine, tx) -> {
                Checks.needSuperuser(tx.now(), call);
                tx.need(Kinds.CLOUD, cloud.name());
                engine.putCloud(tx, cloud, true);
            });
        });
    }

    @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
    public CompletionStage<ErrorResults> removeClouds(Call call, Entities params) {
        return Items.errors(call, params == null ? List.<Entities.Entity>of() : params.entities(), (each, e) -> {
            String name = Tag.idOf("cloud", e.tag());
            long users = call.controller().store().summaries().stream()
                    .filter(s -> name.equals(s.cloud()))
                    .count();
            if (users > 0) {
                throw Problem.refuse(Code.NONE, "cloud is used by %d model%s", users, users == 1 ? "" : "s");
            }
            return change(each, (engine, tx) -> {
                Checks.needSuperuser(tx.now(), call);
                engine.removeCloud(tx, name);
            });
        });
    }

    // --- credentials

    @Method(access = Access.CHECKED_INSIDE)
    public Listing<Strings> userCredentials(Call call, UserClouds params) {
        Snapshot controller = controller(call);
        return new Listing<>(Items.read(
                params == null ? List.<UserCloud>of() : params.userClouds(),
                query -> {
                    String user = Checks.user(query.userTag());
                    Checks.needSelfOr(controller, call, user);
                    String cloud = Tag.idOf("cloud", query.cloudTag());
                    return controller.all(Kinds.CREDENTIAL).stream()
                            .filter(c -> c.cloud().equals(cloud) && c.owner().equals(user))
                            .map(c -> Wires.credentialTag(c.id()))
                            .toList();
                },
                (tags, error) -> new Strings(tags == null ? List.of() : tags, error)));
    }

    private static List<CredentialModel> modelsOf(Call call, String credential) {
        List<CredentialModel> models = new ArrayList<>();
        for (Summary summary : call.controller().store().summaries()) {
            if (credential.equals(summary.credential())) {
                models.add(new CredentialModel(summary.uuid(), summary.name(), null));
            }
        }
        return models;
    }

    private static CompletionStage<Results.Result<Object>> put(Call call, TaggedCredential tagged) {
        String id = Wires.credentialId(tagged.tag());
        if (id == null) {
            throw Problem.notValid("\"%s\" is not a valid cloudcred tag", tagged.tag());
        }
        String[] parts = id.split("/", 3);
        Checks.needSelfOr(controller(call), call, parts[1]);
        CloudRecord cloud = controller(call).need(Kinds.CLOUD, parts[0]);
        CloudCalls.Credential wire =
                tagged.credential() == null ? new CloudCalls.Credential("empty", Map.of(), null) : tagged.credential();
        String type = wire.authType() == null || wire.authType().isEmpty() ? "empty" : wire.authType();
        if (!cloud.authTypes().isEmpty() && !cloud.authTypes().contains(type)) {
            throw Problem.notValid("supported auth-types %s, \"%s\" not supported", cloud.authTypes(), type);
        }
        Credential credential = new Credential(parts[0], parts[1], parts[2], type, attributes(wire), false);
        return change(call, (engine, tx) -> {
                    Checks.needSelfOr(tx.now(), call, parts[1]);
                    engine.putCredential(tx, credential);
                })
                .thenApply(done -> new Results.Result<>(null, null));
    }

    private static Map<String, String> attributes(CloudCalls.Credential wire) {
        Map<String, String> attributes = new HashMap<>();
        if (wire.attrs() != null) {
            wire.attrs().forEach((key, value) -> {
                if (value != null) {
                    attributes.put(key, value);
                }
            });
        }
        return attributes;
    }

    @Method(access = Access.CHECKED_INSIDE, mutates = true)
    public CompletionStage<Listing<UpdatedCredential>> updateCredentialsCheckModels(
            Call call, UpdateCredentials params) {
        List<TaggedCredential> items = params == null ? List.of() : params.credentials();
        return Items.each(
                        call,
                        items,
                        (each, tagged) -> put(each, tagged)
                                .thenApply(done -> new UpdatedCredential(
                                        tagged.tag(), null, modelsOf(call, Wires.credentialId(tagged.tag())))),
                        (updated, error) -> error == null ? updated : new UpdatedCredential("", error, List.of()))
                .thenApply(Listing::new);
    }

    @Method(access = Access.CHECKED_INSIDE, mutates = true)
    public CompletionStage<ErrorResults> addCredentials(Call call, UpdateCredentials params) {
        return Items.errors(
                call, params == null ? List.<TaggedCredential>of() : params.credentials(), CloudFacade::put);
    }

    @Method(access = Access.CHECKED_INSIDE, mutates = true)
    public CompletionStage<ErrorResults> revokeCredentialsCheckModels(Call call, RevokeCredentials params) {
        return Items.errors(
                call, params == null ? List.<RevokeCredential>of() : params.credentials(), (each, revoke) -> {
                    String id = Wires.credentialId(revoke.tag());
                    Credential credential = controller(call).need(Kinds.CREDENTIAL, id);
                    Checks.needSelfOr(controller(call), call, credential.owner());
                    List<CredentialModel> models = modelsOf(call, id);
                    if (!models.isEmpty() && !revoke.force()) {
                        throw Problem.refuse(
                                Code.NONE,
                                "cannot revoke credential %s: it is still used by %d model%s",
                                revoke.tag(),
                                models.size(),
                                models.size() == 1 ? "" : "s");
                    }
                    return change(each, (engine, tx) -> {
                        Checks.needSelfOr(tx.now(), call, credential.owner());
                        engine.removeCredential(tx, id);
                    });
                });
    }

    /** Answers with every secret attribute left out, and its name told. */
    @Method(access = Access.CHECKED_INSIDE)
    public CompletionStage<Results<CloudCalls.Credential>> credential(Call call, Entities params) {
        Snapshot controller = controller(call);
        return Items.results(params == null ? List.<Entities.Entity>of() : params.entities(), e -> {
            Credential credential = controller.need(Kinds.CREDENTIAL, Wires.credentialId(e.tag()));
            Checks.needSelfOr(controller, call, credential.owner());
            return hidden(call, controller, credential).thenApply(hidden -> {
                Map<String, String> shown = new TreeMap<>(credential.attributes());
                List<String> redacted =
                        shown.keySet().stream().filter(hidden::contains).toList();
                shown.keySet().removeAll(redacted);
                return new CloudCalls.Credential(credential.authType(), shown, redacted);
            });
        });
    }

    /** Names of the attributes that the provider calls secret; all of them where it is not installed. */
    private static CompletionStage<Set<String>> hidden(Call call, Snapshot controller, Credential credential) {
        Set<String> all = credential.attributes().keySet();
        CloudRecord cloud = controller.get(Kinds.CLOUD, credential.cloud());
        if (all.isEmpty() || cloud == null || !call.controller().providerTypes().contains(cloud.type())) {
            return CompletableFuture.completedFuture(all);
        }
        return call.controller().provider(cloud.type()).call(provider -> {
            Set<String> hidden = new HashSet<>(all);
            for (CloudProvider.CredentialAttribute attribute :
                    provider.credentialSchemas().getOrDefault(credential.authType(), List.of())) {
                if (!attribute.hidden()) {
                    hidden.remove(attribute.name());
                }
            }
            return CompletableFuture.completedFuture(hidden);
        });
    }

    @Method(access = Access.CHECKED_INSIDE)
    public CompletionStage<Results<Contents>> credentialContents(Call call, ContentsQuery params) {
        Snapshot controller = controller(call);
        String user = call.caller().user();
        List<ContentsName> names = params == null ? List.of() : params.credentials();
        boolean secrets = params != null && params.includeSecrets();
        List<String> ids = new ArrayList<>();
        if (names.isEmpty()) {
            controller.all(Kinds.CREDENTIAL).stream()
                    .filter(c -> c.owner().equals(user))
                    .forEach(c -> ids.add(c.id()));
        } else {
            names.forEach(n -> ids.add(n.cloudName() + "/" + user + "/" + n.credentialName()));
        }
        return Items.results(ids, id -> {
            Credential credential = controller.need(Kinds.CREDENTIAL, id);
            return hidden(call, controller, credential).thenApply(hidden -> {
                Map<String, String> shown = new TreeMap<>(credential.attributes());
                if (!secrets) {
                    shown.keySet().removeAll(hidden);
                }
                List<ModelAccess> models = new ArrayList<>();
                for (Summary summary : call.controller().store().summaries()) {
                    if (id.equals(summary.credential())) {
                        models.add(
                                new ModelAccess(summary.name(), summary.access().getOrDefault(user, "")));
                    }
                }
                return new Contents(
                        new Content(
                                credential.name(),
                                credential.cloud(),
                                credential.authType(),
                                !credential.revoked(),
                                shown),
                        models);
            });
        });
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Listing<UpdatedCredential> checkCredentialsModels(Call call, UpdateCredentials params) {
        return new Listing<>(Items.read(
                params == null ? List.<TaggedCredential>of() : params.credentials(),
                tagged -> {
                    String id = Wires.credentialId(tagged.tag());
                    Checks.needSelfOr(controller(call), call, id.split("/", 3)[1]);
                    return new UpdatedCredential(tagged.tag(), null, modelsOf(call, id));
                },
                (checked, error) -> error == null ? checked : new UpdatedCredential("", error, List.of())));
    }

    @Method(access = Access.CHECKED_INSIDE)
    public Listing<InstanceTypes> instanceTypes(Call call, InstanceTypesQuery params) {
        return new Listing<>(Items.read(
                params == null ? List.<InstanceTypesConstraint>of() : params.constraints(),
                query -> {
                    controller(call).need(Kinds.CLOUD, Tag.idOf("cloud", query.cloudTag()));
                    return new InstanceTypes(List.of(), null, null, null);
                },
                (types, error) -> error == null ? types : new InstanceTypes(null, null, null, error)));
    }
}
