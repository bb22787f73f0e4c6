package org.isthmus.facades;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.isthmus.api.Base;
import org.isthmus.charm.Charm;
import org.isthmus.charm.CharmMetadata;
import org.isthmus.charm.CharmRelation;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.Kinds;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.ApplicationCalls;
import org.isthmus.wire.CharmCalls.*;
import org.isthmus.wire.Listing;
import org.isthmus.wire.WireBase;
import org.isthmus.wire.WireOrigin;

/** The charms of a model. */
@Facade(name = "Charms", since = 5, until = 7)
final class CharmsFacade {
    private final CharmDepot depot;

    CharmsFacade(CharmDepot depot) {
        this.depot = depot;
    }

    @Method(access = Access.MODEL_READ)
    public CharmInfo charmInfo(Call call, CharmUrl params) {
        return info(call.model().snapshot().need(Kinds.CHARM, params.url()));
    }

    @Method(access = Access.MODEL_READ)
    public CharmInfo applicationCharmInfo(Call call, org.isthmus.wire.Entities.Entity params) {
        Application application =
                call.model().snapshot().need(Kinds.APPLICATION, org.isthmus.api.Tag.idOf("application", params.tag()));
        return info(call.model().snapshot().need(Kinds.CHARM, application.charmUrl()));
    }

    static CharmInfo info(CharmRecord record) {
        Charm charm = record.charm();
        CharmMetadata meta = charm.metadata();
        Map<String, Option> config = new TreeMap<>();
        charm.config()
                .forEach((name, option) -> config.put(
                        name, new Option(option.type(), Wires.orEmpty(option.description()), option.defaultValue())));
        return new CharmInfo(
                record.revision(),
                record.url(),
                config,
                new Meta(
                        meta.name(),
                        Wires.orEmpty(meta.summary()),
                        Wires.orEmpty(meta.description()),
                        meta.subordinate(),
                        relations(meta.provides()),
                        relations(meta.requires()),
                        relations(meta.peers()),
                        meta.extraBindings(),
                        meta.categories(),
                        meta.tags(),
                        meta.series(),
                        meta.storage(),
                        meta.terms(),
                        Wires.orEmpty(meta.minJujuVersion()),
                        meta.resources(),
                        null,
                        meta.charmUser()),
                new Actions(actions(charm)),
                charm.manifest().bases().isEmpty()
                        ? null
                        : new Manifest(charm.manifest().bases().stream()
                                .map(b -> new ManifestBase(b.name(), b.channel(), b.architectures()))
                                .toList()));
    }

    static Map<String, Action> actions(Charm charm) {
        Map<String, Action> actions = new TreeMap<>();
        charm.actions()
                .forEach((name, action) -> actions.put(
                        name,
                        new Action(
                                Wires.orEmpty(action.description()),
                                action.parallel(),
                                Wires.orEmpty(action.executionGroup()),
                                action.params() == null ? Map.of() : action.params())));
        return actions;
    }

    private static Map<String, Relation> relations(Map<String, CharmRelation> relations) {
        Map<String, Relation> wire = new TreeMap<>();
        relations.forEach((name, r) -> wire.put(
                name, new Relation(r.name(), r.role(), r.interfaceName(), r.optional(), r.limit(), r.scope())));
        return wire;
    }

    /** Answers what a name means now, without taking the charm in. */
    @Method(access = Access.MODEL_READ)
    public CompletionStage<Listing<Resolved>> resolveCharms(Call call, Resolve params) {
        return Items.each(
                        params == null ? List.<ResolveOne>of() : params.resolve(),
                        one -> resolve(call, one),
                        (resolved, error) ->
                                error == null ? resolved : new Resolved("", null, List.of(), List.of(), error))
                .thenApply(Listing::new);
    }

    private CompletionStage<Resolved> resolve(Call call, ResolveOne one) {
        WireOrigin asked = one.charmOrigin();
        CharmReference reference = CharmReference.parse(one.reference());
        if (reference.schema().equals("local")) {
            CharmRecord record = call.model().snapshot().need(Kinds.CHARM, one.reference());
            return CompletableFuture.completedFuture(
                    new Resolved(record.url(), asked, bases(record), series(bases(record)), null));
        }
        int revision = asked != null && asked.revision() != null && asked.revision() >= 0
                ? asked.revision()
                : reference.revision();
        return depot.fetch(call, reference.name(), channel(asked), revision).thenApply(found -> {
            List<WireBase> bases = bases(found.record());
            return new Resolved(
                    found.record().url(),
                    origin(asked, found, bases.isEmpty() ? null : bases.get(0)),
                    bases,
                    series(bases),
                    null);
        });
    }

    /** For clients from before there were bases. They know Ubuntu's series only, and give up at another. */
    private static List<String> series(List<WireBase> bases) {
        List<Base> all = bases.stream().map(WireBase::base).toList();
        List<Base> ubuntu = all.stream().filter(b -> b.name().equals("ubuntu")).toList();
        return (ubuntu.isEmpty() ? all : ubuntu).stream().map(Base::series).toList();
    }

    private static String channel(WireOrigin origin) {
        if (origin == null || origin.risk() == null) {
            return "";
        }
        return origin.track() == null || origin.track().isEmpty()
                ? origin.risk()
                : origin.track() + "/" + origin.risk();
    }

    private static List<WireBase> bases(CharmRecord record) {
        List<WireBase> bases = new ArrayList<>();
        for (Base base : Bases.of(record.charm())) {
            bases.add(WireBase.of(base));
        }
        return bases;
    }

    private static WireOrigin origin(WireOrigin asked, CharmDepot.Obtained found, WireBase base) {
        WireBase wanted = asked == null || WireBase.base(asked.base()) == null ? base : asked.base();
        String risk = asked == null ? null : Wires.empty(asked.risk());
        return new WireOrigin(
                found.record().source().equals("local") ? "local" : "charm-hub",
                "charm",
                "",
                found.record().sha256(),
                risk == null ? "stable" : risk,
                found.record().revision(),
                asked == null ? null : asked.track(),
                asked == null ? null : asked.branch(),
                "amd64",
                wanted,
                asked == null ? null : asked.instanceKey());
    }

    @Method(access = Access.MODEL_WRITE, mutates = true)
    public CompletionStage<AddedCharm> addCharm(Call call, AddCharm params) {
        CharmReference reference = CharmReference.parse(params.url());
        if (reference.schema().equals("local")) {
            call.model().snapshot().need(Kinds.CHARM, params.url());
            return CompletableFuture.completedFuture(new AddedCharm(params.charmOrigin()));
        }
        return depot.obtain(call, reference.name(), channel(params.charmOrigin()), reference.revision())
                .thenApply(found -> new AddedCharm(origin(params.charmOrigin(), found, null)));
    }

    @Method(access = Access.MODEL_READ)
    public CharmUrls list(Call call, ListCharms params) {
        List<String> urls = new ArrayList<>();
        for (CharmRecord record : call.model().snapshot().all(Kinds.CHARM)) {
            if (params == null || params.names().isEmpty() || params.names().contains(record.name())) {
                urls.add(record.url());
            }
        }
        return new CharmUrls(urls);
    }

    @Method(access = Access.MODEL_READ)
    public CharmUrls listCharms(Call call, ListCharms params) {
        return list(call, params);
    }

    @Method(access = Access.MODEL_READ)
    public Metered isMetered(Call call, CharmUrl params) {
        call.model().snapshot().need(Kinds.CHARM, params.url());
        return new Metered(false);
    }

    /** Nothing is metered here. */
    record Metered(boolean metered) {}

    @Method(access = Access.MODEL_READ)
    public org.isthmus.wire.ErrorResults checkCharmPlacement(Call call, CharmPlacements params) {
        return new org.isthmus.wire.ErrorResults(Items.read(
                params == null || params.placements() == null ? List.<CharmPlacement>of() : params.placements(),
                p -> null,
                (ok, error) -> new org.isthmus.wire.ErrorResults.ErrorResult(error)));
    }

    record CharmPlacements(List<CharmPlacement> placements) {}

    record CharmPlacement(String application, String charmUrl, ApplicationCalls.Placement placement) {}
}
