package org.isthmus.facades;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.Offer;
import org.isthmus.model.OfferKey;
import org.isthmus.model.Relation;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Json;
import org.isthmus.rpc.Macaroon;
import org.isthmus.rpc.Method;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.OfferCalls.AddOffer;
import org.isthmus.wire.OfferCalls.AddOffers;
import org.isthmus.wire.OfferCalls.ConsumeDetails;
import org.isthmus.wire.OfferCalls.ConsumeDetailsArgs;
import org.isthmus.wire.OfferCalls.ConsumeDetailsResults;
import org.isthmus.wire.OfferCalls.DestroyOffers;
import org.isthmus.wire.OfferCalls.ExternalController;
import org.isthmus.wire.OfferCalls.ModifyAccess;
import org.isthmus.wire.OfferCalls.ModifyOfferAccess;
import org.isthmus.wire.OfferCalls.OfferDetails;
import org.isthmus.wire.OfferCalls.OfferFilters;
import org.isthmus.wire.OfferCalls.OfferUrls;
import org.isthmus.wire.OfferCalls.RemoteApplicationInfo;
import org.isthmus.wire.OfferCalls.RemoteApplicationInfoResult;
import org.isthmus.wire.OfferCalls.RemoteApplicationInfoResults;
import org.isthmus.wire.Results;

/** Offers of all models of the controller: made, found, shared, taken back. */
@Facade(name = "ApplicationOffers", since = 4, until = 5, scope = Facade.Scope.CONTROLLER)
public final class ApplicationOffersFacade {
    private static final int JSON_V2_BAKERY = 3;

    private final ObjectMapper json = Json.newMapper();
    private final SecureRandom random = new SecureRandom();

    /** Makes an offer, or updates the one of that name. */
    @Method(access = Access.CHECKED_INSIDE, mutates = true)
    public CompletionStage<ErrorResults> offer(Call call, AddOffers params) {
        Features.needCrossModel(call);
        if (call.version() >= 5 && params.offers() != null && params.offers().size() > 1) {
            throw Problem.refuse(
                    Code.BAD_REQUEST,
                    "expected exactly one offer, got %d",
                    params.offers().size());
        }
        return Items.errors(call, orEmpty(params.offers()), ApplicationOffersFacade::offer);
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : list;
    }

    private static CompletionStage<Void> offer(Call call, AddOffer item) {
        Documents documents = Checks.model(call, item.modelTag());
        String user = call.caller().user();
        if (Wires.empty(item.ownerTag()) != null
                && !Checks.user(item.ownerTag()).equals(user)
                && !call.isSuperuser()) {
            throw Problem.denied();
        }
        OfferEngine.Offering offering = new OfferEngine.Offering(
                UUID.randomUUID().toString(),
                Wires.empty(item.offerName()) == null ? item.applicationName() : item.offerName(),
                item.applicationName(),
                item.applicationDescription(),
                item.endpoints() == null ? Map.of() : item.endpoints(),
                user,
                call.now());
        return call.controller().offers().call(offers -> call.controller()
                .access()
                .call(access -> call.submit(documents, tx -> {
                    Checks.needToChange(call, tx.now(), "admin");
                    String uuid = offers.offer(tx, offering);
                    if (uuid.equals(offering.uuid())) {
                        access.grantOffer(tx, uuid, user, "admin");
                        access.grantOffer(tx, uuid, "everyone@external", "read");
                    }
                    return null;
                })));
    }

    /** Offers that the caller may read. */
    @Method(access = Access.CONTROLLER_LOGIN)
    public CompletionStage<OfferList> findApplicationOffers(Call call, OfferFilters params) {
        return list(call, params, false);
    }

    /** Offers of models that the caller administers, with their connections. */
    @Method(access = Access.CONTROLLER_LOGIN)
    public CompletionStage<OfferList> listApplicationOffers(Call call, OfferFilters params) {
        return list(call, params, true);
    }

    /** What both lists answer. */
    public record OfferList(List<OfferDetails> results) {}

    private static CompletionStage<OfferList> list(Call call, OfferFilters params, boolean adminOnly) {
        Features.needCrossModel(call);
        return call.controller().access().call(access -> {
            OfferFinder finder = new OfferFinder(call, access, call.caller().user());
            List<OfferDetails> details = finder.find(params.filters(), adminOnly).stream()
                    .map(finder::details)
                    .toList();
            return CompletableFuture.completedFuture(new OfferList(details));
        });
    }

    /** Offers by their URLs. */
    @Method(access = Access.CONTROLLER_LOGIN)
    public CompletionStage<Results<OfferDetails>> applicationOffers(Call call, OfferUrls params) {
        Features.needCrossModel(call);
        return call.controller().access().call(access -> {
            OfferFinder finder = new OfferFinder(call, access, call.caller().user());
            return CompletableFuture.completedFuture(
                    Items.readResults(orEmpty(params.offerUrls()), url -> finder.details(finder.byUrl(url))));
        });
    }

    @Method(access = Access.CONTROLLER_LOGIN)
    public CompletionStage<RemoteApplicationInfoResults> remoteApplicationInfo(Call call, OfferUrls params) {
        Features.needCrossModel(call);
        return call.controller().access().call(access -> {
            OfferFinder finder = new OfferFinder(call, access, call.caller().user());
            return CompletableFuture.completedFuture(new RemoteApplicationInfoResults(Items.read(
                    orEmpty(params.offerUrls()),
                    url -> {
                        OfferFinder.Found found = finder.byUrl(url);
                        return new RemoteApplicationInfo(
                                Tag.model(found.model().model().uuid()).toString(),
                                found.offer().name(),
                                found.offer().description(),
                                found.url().toString(),
                                found.model().model().name(),
                                OfferFinder.endpoints(found.model(), found.offer()),
                                null);
                    },
                    RemoteApplicationInfoResult::new)));
        });
    }

    /** What a consumer needs: the offer, a macaroon that stands for the user, and the way to this controller. */
    @Method(access = Access.CONTROLLER_LOGIN, mutates = true)
    public CompletionStage<ConsumeDetailsResults> getConsumeDetails(Call call, ConsumeDetailsArgs params) {
        Features.needCrossModel(call);
        String caller = call.caller().user();
        String user = Wires.empty(params.userTag()) == null ? caller : Checks.user(params.userTag());
        if (!user.equals(caller) && !call.isSuperuser()) {
            throw Problem.denied();
        }
        List<String> urls = params.offerUrls() == null
                ? List.of()
                : orEmpty(params.offerUrls().offerUrls());
        Integer bakery = params.offerUrls() == null ? null : params.offerUrls().bakeryVersion();
        return Items.each(
                        urls,
                        url -> consumeDetails(call, user, url, bakery),
                        (details, error) -> details != null ? details : new ConsumeDetails(null, null, null, error))
                .thenApply(ConsumeDetailsResults::new);
    }

    private CompletionStage<ConsumeDetails> consumeDetails(Call call, String user, String url, Integer bakery) {
        return call.controller()
                .access()
                .call(access -> call.controller().offers().call(offers -> {
                    OfferFinder finder = new OfferFinder(call, access, user);
                    OfferFinder.Found found = finder.byUrl(url);
                    if (!finder.may(found.model(), found.offer().uuid(), "consume")) {
                        throw Problem.denied();
                    }
                    return key(found, offers).thenApply(key -> {
                        Macaroon macaroon = Macaroon.mint(
                                Base64.getDecoder().decode(key),
                                "isthmus model " + found.model().model().uuid(),
                                UUID.randomUUID().toString(),
                                Map.of(
                                        "username", user,
                                        "offer-uuid", found.offer().uuid(),
                                        "source-model-uuid",
                                                found.model().model().uuid()));
                        JsonNode token =
                                bakery != null && bakery >= JSON_V2_BAKERY ? macaroon.toV2(json) : macaroon.toV1(json);
                        return new ConsumeDetails(
                                finder.details(found),
                                token,
                                new ExternalController(
                                        Tag.controller(call.controller().uuid()).toString(),
                                        call.controller().name(),
                                        call.controller().apiAddresses(),
                                        call.controller().caCert()),
                                null);
                    });
                }));
    }

    private CompletionStage<String> key(OfferFinder.Found found, OfferEngine offers) {
        OfferKey known = found.model().get(Kinds.OFFER_KEY, OfferKey.ID);
        if (known != null) {
            return CompletableFuture.completedFuture(known.key());
        }
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String fresh = Base64.getEncoder().encodeToString(bytes);
        return found.documents().submit(tx -> offers.offerKey(tx, fresh));
    }

    /** Takes offers back; with `force` also those in use. */
    @Method(access = Access.CHECKED_INSIDE, mutates = true)
    public CompletionStage<ErrorResults> destroyOffers(Call call, DestroyOffers params) {
        return Items.errors(call, orEmpty(params.offerUrls()), (each, url) -> destroy(each, url, params.force()));
    }

    private static CompletionStage<Void> destroy(Call call, String url, boolean force) {
        return call.controller().access().call(access -> call.controller()
                .offers()
                .call(offers -> call.controller().relations().call(relations -> {
                    OfferFinder finder =
                            new OfferFinder(call, access, call.caller().user());
                    if (finder.documents(url).filter(call::done).isPresent()) {
                        return CompletableFuture.completedFuture(null);
                    }
                    OfferFinder.Found found = finder.byUrl(url);
                    return call.submit(found.documents(), tx -> {
                        Checks.needToChange(call, tx.now(), "admin");
                        remove(tx, offers, relations, access, found.offer(), force, call);
                        return null;
                    });
                })));
    }

    private static void remove(
            Tx tx,
            OfferEngine offers,
            RelationEngine relations,
            AccessEngine access,
            Offer offer,
            boolean force,
            Call call) {
        if (tx.get(Kinds.OFFER, offer.uuid()) == null) {
            throw OfferFinder.notFound(offer.name());
        }
        for (int number : offers.removeOffer(tx, offer.uuid(), force, call.now())) {
            Relation relation = tx.get(Kinds.RELATION, Integer.toString(number));
            if (relation != null) {
                relations.destroyRelation(tx, number, Wires.force(force, null, call), call.now());
            }
        }
        access.forgetOffer(tx, offer.uuid());
        offers.settle(tx, call.now());
    }

    /** Grants and revokes; a user who falls below `consume` has its relations suspended in the same commit. */
    @Method(access = Access.CHECKED_INSIDE, mutates = true)
    public CompletionStage<ErrorResults> modifyOfferAccess(Call call, ModifyOfferAccess params) {
        return Items.errors(call, orEmpty(params.changes()), ApplicationOffersFacade::modify);
    }

    private static CompletionStage<Void> modify(Call call, ModifyAccess change) {
        if (!"revoke".equals(change.action())) {
            Features.needCrossModel(call);
        }
        String user = Checks.user(change.userTag());
        Snapshot controller = call.controller().store().controller().snapshot();
        return call.controller()
                .access()
                .call(access -> call.controller().relations().call(relations -> {
                    OfferFinder finder =
                            new OfferFinder(call, access, call.caller().user());
                    if (finder.documents(change.offerUrl()).filter(call::done).isPresent()) {
                        return CompletableFuture.completedFuture(null);
                    }
                    OfferFinder.Found found = finder.byUrl(change.offerUrl());
                    if (!finder.may(found.model(), found.offer().uuid(), "admin")) {
                        throw Problem.denied();
                    }
                    User known = user.contains("@") ? null : controller.get(Kinds.USER, user);
                    if (!user.contains("@") && known == null) {
                        throw Problem.refuse(Code.USER_NOT_FOUND, "user \"%s\" not found", user);
                    }
                    return call.submit(found.documents(), tx -> {
                                if (!finder.may(tx.now(), found.offer().uuid(), "admin")) {
                                    throw Problem.denied();
                                }
                                apply(tx, change, found.offer(), user, relations, access, call);
                                return null;
                            })
                            .thenCompose(done -> Checks.stillThere(
                                    call, access, found.documents(), "grant".equals(change.action()) ? known : null))
                            .thenApply(done -> null);
                }));
    }

    private static void apply(
            Tx tx,
            ModifyAccess change,
            Offer offer,
            String user,
            RelationEngine relations,
            AccessEngine access,
            Call call) {
        String level = change.access();
        switch (Wires.orEmpty(change.action())) {
            case "grant" -> access.grantOffer(tx, offer.uuid(), user, level);
            case "revoke" -> {
                access.revokeOffer(tx, offer.uuid(), user, level);
                new OfferFinder(call, access, user).suspendRefused(tx, relations, call.now());
            }
            default -> throw Problem.notValid("unknown action \"%s\"", change.action());
        }
    }
}
