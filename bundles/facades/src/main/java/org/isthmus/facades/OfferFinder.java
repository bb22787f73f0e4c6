package org.isthmus.facades;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.isthmus.api.Code;
import org.isthmus.api.Names;
import org.isthmus.api.OfferUrl;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.api.Tag;
import org.isthmus.charm.CharmRelation;
import org.isthmus.model.Admission;
import org.isthmus.model.Application;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.ConsumerPresence;
import org.isthmus.model.Kinds;
import org.isthmus.model.ModelEntry;
import org.isthmus.model.ModelRecord;
import org.isthmus.model.Offer;
import org.isthmus.model.OfferConnection;
import org.isthmus.model.OfferUser;
import org.isthmus.model.Relation;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.User;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Glob;
import org.isthmus.wire.FullStatus.RemoteEndpoint;
import org.isthmus.wire.OfferCalls.Connection;
import org.isthmus.wire.OfferCalls.EndpointFilter;
import org.isthmus.wire.OfferCalls.OfferDetails;
import org.isthmus.wire.OfferCalls.OfferFilter;
import org.isthmus.wire.OfferCalls.OfferUserDetails;

/** Finds offers, and shows of each what its beholder may see. */
final class OfferFinder {
    private static final String EVERYONE = "everyone@external";

    private final Call call;
    private final AccessEngine access;
    private final String user;
    private final boolean superuser;
    private final boolean disabled;

    /** @param user who looks: the caller, or whom a superuser asks for */
    OfferFinder(Call call, AccessEngine access, String user) {
        this.call = call;
        this.access = access;
        this.user = user;
        User known = call.controller().store().controller().snapshot().get(Kinds.USER, user);
        this.disabled = known != null && known.disabled();
        this.superuser = known != null && !disabled && "superuser".equals(known.access());
    }

    /** One offer with the model it is in. */
    record Found(Documents documents, Snapshot model, Offer offer) {
        OfferUrl url() {
            return new OfferUrl(null, model.model().owner(), model.model().name(), offer.name(), null);
        }
    }

    /** `read`, `consume`, `admin` or empty: a model's admins and superusers have all of it, who is disabled nothing. */
    String rights(Snapshot model, String offer) {
        if (disabled) {
            return "";
        }
        if (superuser || "admin".equals(access.modelAccess(model, user))) {
            return "admin";
        }
        String own = access.offerAccess(model, offer, user);
        return own.isEmpty() && user.contains("@") ? access.offerAccess(model, offer, EVERYONE) : own;
    }

    boolean may(Snapshot model, String offer, String wants) {
        return access.includes(rights(model, offer), wants);
    }

    /** Suspends those of the user's relations whose offer the user may not consume any more. */
    void suspendRefused(Tx tx, RelationEngine relations, Instant now) {
        for (OfferConnection connection : tx.now().listBy(Kinds.CONNECTIONS_BY_USER, user)) {
            if (tx.now().has(Kinds.RELATION, Integer.toString(connection.relation()))
                    && !may(tx.now(), connection.offer(), "consume")) {
                relations.setSuspended(tx, connection.relation(), true, Relation.REVOKED, Relation.REVOKE, now);
            }
        }
    }

    boolean isModelAdmin(Snapshot model) {
        return superuser || "admin".equals(access.modelAccess(model, user));
    }

    /** Unknown and unreadable look the same. */
    static Refused notFound(String url) {
        return Problem.refuse(Code.NOT_FOUND, "application offer \"%s\" not found", url);
    }

    private OfferUrl whole(String text) {
        OfferUrl url = OfferUrl.parse(text);
        if (url.endpoint() != null) {
            throw Problem.notValid("saas application \"%s\" shouldn't include endpoint", text);
        }
        return url.user() == null ? url.withUser(user) : url;
    }

    /** Of the model in which the offer is, or was. */
    Optional<Documents> documents(String text) {
        OfferUrl whole = whole(text);
        return Optional.ofNullable(model(whole.user(), whole.model()));
    }

    Found byUrl(String text) {
        OfferUrl whole = whole(text);
        Documents documents = model(whole.user(), whole.model());
        Snapshot model = documents == null ? null : documents.snapshot();
        Offer offer = model == null
                ? null
                : model.by(Kinds.OFFERS_BY_NAME, whole.offer()).stream()
                        .findFirst()
                        .orElse(null);
        if (offer == null || !may(model, offer.uuid(), "read")) {
            throw notFound(whole.withController(null).toString());
        }
        return new Found(documents, model, offer);
    }

    private Documents model(String owner, String name) {
        Snapshot controller = call.controller().store().controller().snapshot();
        for (ModelEntry entry : controller.by(Kinds.MODEL_ENTRIES_BY_NAME, owner + "/" + name)) {
            return call.controller().store().model(entry.uuid()).orElse(null);
        }
        return null;
    }

    /** Offers that match any of the filters, sorted by URL; without those that may not be read. */
    List<Found> find(List<OfferFilter> filters, boolean adminOnly) {
        if (filters == null || filters.isEmpty()) {
            throw Problem.notValid("at least one offer filter is required");
        }
        Glob.few(filters);
        List<Found> found = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (OfferFilter filter : filters) {
            Predicate<String> named = nameFilter(filter.offerName());
            boolean anyModel = filter.modelName() == null || filter.modelName().isEmpty();
            if (anyModel && filters.size() > 1) {
                throw Problem.notValid("application offer filter must specify a model name");
            }
            for (Documents documents : anyModel ? all(filter.ownerName()) : named(filter, adminOnly)) {
                Snapshot model = documents.snapshot();
                if (adminOnly && !isModelAdmin(model)) {
                    if (anyModel) {
                        continue;
                    }
                    throw Problem.denied();
                }
                for (Offer offer : candidates(model, filter)) {
                    if (may(model, offer.uuid(), "read")
                            && named.test(offer.name())
                            && matches(model, offer, filter)
                            && seen.add(offer.uuid())) {
                        found.add(new Found(documents, model, offer));
                    }
                }
            }
        }
        found.sort(OfferFinder::byUrl);
        return found;
    }

    /** As their URLs compare, which are the same up to the name for all of one model. */
    private static int byUrl(Found a, Found b) {
        return a.documents() == b.documents()
                ? Names.NATURAL.compare(a.offer().name(), b.offer().name())
                : Names.NATURAL.compare(a.url().toString(), b.url().toString());
    }

    private List<Documents> all(String owner) {
        List<Documents> documents = new ArrayList<>();
        for (String uuid : call.controller().store().models()) {
            call.controller().store().model(uuid).ifPresent(model -> {
                ModelRecord record = model.snapshot().model();
                if (record != null && (owner == null || owner.isEmpty() || owner.equals(record.owner()))) {
                    documents.add(model);
                }
            });
        }
        return documents;
    }

    /** A model that is not there is to others than superusers like one in which they may not do this. */
    private List<Documents> named(OfferFilter filter, boolean adminOnly) {
        String owner = filter.ownerName() == null || filter.ownerName().isEmpty() ? user : filter.ownerName();
        Documents documents = model(owner, filter.modelName());
        if (documents != null) {
            return List.of(documents);
        }
        if (superuser) {
            throw Problem.refuse(Code.MODEL_NOT_FOUND, "model \"%s/%s\" not found", owner, filter.modelName());
        }
        if (adminOnly) {
            throw Problem.denied();
        }
        return List.of();
    }

    private static Iterable<Offer> candidates(Snapshot model, OfferFilter filter) {
        String application = filter.applicationName();
        return application == null || application.isEmpty()
                ? model.all(Kinds.OFFER)
                : model.by(Kinds.OFFERS_BY_APPLICATION, application);
    }

    private boolean matches(Snapshot model, Offer offer, OfferFilter filter) {
        return contains(offer.description(), filter.applicationDescription())
                && endpointsMatch(model, offer, filter.endpoints())
                && connectedMatch(model, offer, filter.connectedUsers())
                && allowedMatch(model, offer, filter.allowedUsers());
    }

    private static Predicate<String> nameFilter(String wanted) {
        if (wanted == null || wanted.isEmpty()) {
            return name -> true;
        }
        if (wanted.length() > Glob.LONGEST) {
            // One that is nested deep enough ends the stack of who compiles it.
            throw noPattern(wanted.substring(0, 40) + "…");
        }
        try {
            Pattern pattern = Pattern.compile(wanted);
            // For all names together.
            AtomicInteger looks = new AtomicInteger();
            return name -> {
                try {
                    return pattern.matcher(new Patient(name, looks)).find();
                } catch (Patient.Exhausted endless) {
                    throw noPattern(wanted);
                }
            };
        } catch (PatternSyntaxException malformed) {
            throw noPattern(wanted);
        }
    }

    private static Refused noPattern(String wanted) {
        return Problem.notValid("offer name \"%s\" is no valid pattern", wanted);
    }

    /** Texts that may be looked at only so often: a malicious pattern ends instead of running for hours. */
    private static final class Patient implements CharSequence {
        private static final int LOOKS = 1_000_000;

        private final String text;
        private final AtomicInteger looks;

        Patient(String text, AtomicInteger looks) {
            this.text = text;
            this.looks = looks;
        }

        static final class Exhausted extends RuntimeException {
            private static final long serialVersionUID = 1L;

            Exhausted() {
                super(null, null, false, false);
            }
        }

        @Override
        public char charAt(int index) {
            if (looks.incrementAndGet() > LOOKS) {
                throw new Exhausted();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static boolean contains(String text, String wanted) {
        return wanted == null || wanted.isEmpty() || (text != null && text.contains(wanted));
    }

    private static boolean endpointsMatch(Snapshot model, Offer offer, List<EndpointFilter> wanted) {
        if (wanted == null || wanted.isEmpty()) {
            return true;
        }
        List<RemoteEndpoint> endpoints = endpoints(model, offer);
        return wanted.stream().anyMatch(want -> endpoints.stream()
                .anyMatch(e -> same(want.interfaceName(), e.interfaceName())
                        && same(want.role(), e.role())
                        && same(want.name(), e.name())));
    }

    private static boolean same(String wanted, String is) {
        return wanted == null || wanted.isEmpty() || wanted.equals(is);
    }

    /** One who is no admin of the offer may ask for oneself only: what others do with it is not shown either. */
    private boolean mayAskFor(Snapshot model, Offer offer, List<String> users) {
        return users.stream().allMatch(user::equals) || may(model, offer.uuid(), "admin");
    }

    private boolean connectedMatch(Snapshot model, Offer offer, List<String> users) {
        return users == null
                || users.isEmpty()
                || mayAskFor(model, offer, users)
                        && model.by(Kinds.CONNECTIONS_BY_OFFER, offer.uuid()).stream()
                                .anyMatch(c -> users.contains(c.user()));
    }

    private boolean allowedMatch(Snapshot model, Offer offer, List<String> users) {
        return users == null
                || users.isEmpty()
                || mayAskFor(model, offer, users)
                        && model.by(Kinds.OFFER_USERS_BY_OFFER, offer.uuid()).stream()
                                .anyMatch(u ->
                                        users.contains(u.user()) && !u.access().equals("read"));
    }

    /** The offered endpoints as consumers see them. */
    static List<RemoteEndpoint> endpoints(Snapshot model, Offer offer) {
        Application application = model.get(Kinds.APPLICATION, offer.application());
        CharmRecord charm = application == null ? null : model.get(Kinds.CHARM, application.charmUrl());
        List<RemoteEndpoint> endpoints = new ArrayList<>();
        new java.util.TreeMap<>(offer.endpoints()).forEach((alias, name) -> {
            CharmRelation declared =
                    charm == null ? null : charm.charm().metadata().endpoint(name);
            if (declared != null) {
                endpoints.add(new RemoteEndpoint(alias, declared.role(), declared.interfaceName(), declared.limit()));
            } else if (name.equals("juju-info")) {
                endpoints.add(new RemoteEndpoint(alias, "provider", "juju-info", 0));
            }
        });
        return endpoints;
    }

    OfferDetails details(Found found) {
        Snapshot model = found.model();
        Offer offer = found.offer();
        // Asked for each offer by itself: what one shows says nothing of the next.
        boolean admin = may(model, offer.uuid(), "admin");
        Application application = model.get(Kinds.APPLICATION, offer.application());
        return new OfferDetails(
                Tag.model(model.model().uuid()).toString(),
                offer.uuid(),
                found.url().toString(),
                offer.name(),
                offer.description(),
                endpoints(model, offer),
                admin ? users(model, offer) : List.of(self(model, offer)),
                offer.application(),
                admin && application != null ? application.charmUrl() : null,
                admin ? connections(model, offer) : null);
    }

    private OfferUserDetails self(Snapshot model, Offer offer) {
        return new OfferUserDetails(user, displayName(user), rights(model, offer.uuid()));
    }

    private List<OfferUserDetails> users(Snapshot model, Offer offer) {
        List<OfferUserDetails> users = new ArrayList<>();
        for (OfferUser right : model.by(Kinds.OFFER_USERS_BY_OFFER, offer.uuid())) {
            if (right.user().equals(user)) {
                continue;
            }
            users.add(new OfferUserDetails(right.user(), displayName(right.user()), right.access()));
        }
        // One's own row says what one may do, also where that comes from the model or the controller.
        users.add(self(model, offer));
        users.sort(Comparator.comparing(OfferUserDetails::user));
        return users;
    }

    private String displayName(String name) {
        User known = call.controller().store().controller().snapshot().get(Kinds.USER, name);
        return known == null ? "" : Wires.orEmpty(known.displayName());
    }

    private static List<Connection> connections(Snapshot model, Offer offer) {
        List<Connection> connections = new ArrayList<>();
        Admission admission = Admission.of(model);
        for (OfferConnection connection : model.by(Kinds.CONNECTIONS_BY_OFFER, offer.uuid())) {
            Relation relation = model.get(Kinds.RELATION, Integer.toString(connection.relation()));
            if (relation == null) {
                continue;
            }
            Relation.Endpoint mine = relation.endpointOf(offer.application());
            ConsumerPresence presence = model.get(Kinds.CONSUMER_PRESENCE, connection.token());
            connections.add(new Connection(
                    Tag.model(connection.consumerModel()).toString(),
                    connection.relation(),
                    connection.user(),
                    mine == null ? "" : mine.name(),
                    Wires.entityStatus(relation.status()),
                    // What is open, which may be less than was let in once.
                    admission.admitted(connection.ingress()),
                    presence == null || presence.alive() ? null : presence.since()));
        }
        connections.sort(Comparator.comparing(Connection::username).thenComparing(Connection::relationId));
        return connections;
    }
}
