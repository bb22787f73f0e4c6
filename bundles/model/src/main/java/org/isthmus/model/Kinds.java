package org.isthmus.model;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.isthmus.api.Life;

/** Every kind of entity, its owner and its indexes: the map of what is stored. */
public final class Kinds {
    /** Key of the indexes by life: only what is dying or dead stands there, so that clean-up costs what is left to do. */
    public static final String ENDING = "ending";

    // --- a model's documents
    public static final Kind<ModelRecord> MODEL = kind("model", ModelRecord.class, "model-admin");
    public static final Kind<ModelUser> MODEL_USER = kind("model-user", ModelUser.class, "access");

    public static final Index<Machine> MACHINES_ENDING = ending("machine-ending", Machine::life);
    /** Machines without an instance, under `pending`. */
    public static final Index<Machine> MACHINES_PENDING =
            index("machine-pending", m -> m.instanceId() == null ? List.of("pending") : List.of());

    public static final Kind<Machine> MACHINE =
            kind("machine", Machine.class, "application", MACHINES_ENDING, MACHINES_PENDING);
    public static final Kind<EndedStart> ENDED_START = kind("ended-start", EndedStart.class, "application");

    public static final Index<CharmRecord> CHARMS_BY_NAME = index("charm-by-name", c -> List.of(c.name()));
    public static final Kind<CharmRecord> CHARM = kind("charm", CharmRecord.class, "application", CHARMS_BY_NAME);

    public static final Index<Application> APPLICATIONS_ENDING = ending("application-ending", Application::life);
    public static final Index<Application> APPLICATIONS_BY_CHARM =
            index("application-by-charm", a -> List.of(a.charmUrl()));
    public static final Kind<Application> APPLICATION =
            kind("application", Application.class, "application", APPLICATIONS_ENDING, APPLICATIONS_BY_CHARM);

    public static final Index<Unit> UNITS_BY_APPLICATION = index("unit-by-application", u -> List.of(u.application()));
    public static final Index<Unit> UNITS_BY_MACHINE =
            index("unit-by-machine", u -> u.machine() == null ? List.of() : List.of(u.machine()));
    public static final Index<Unit> UNITS_BY_PRINCIPAL =
            index("unit-by-principal", u -> u.principal() == null ? List.of() : List.of(u.principal()));
    public static final Index<Unit> UNITS_ENDING = ending("unit-ending", Unit::life);
    public static final Kind<Unit> UNIT = kind(
            "unit",
            Unit.class,
            "application",
            UNITS_BY_APPLICATION,
            UNITS_BY_MACHINE,
            UNITS_BY_PRINCIPAL,
            UNITS_ENDING);

    public static final Kind<UnitState> UNIT_STATE = kind("unit-state", UnitState.class, "application");
    public static final Index<UnitRelationState> UNIT_RELATION_STATES_BY_UNIT =
            index("unit-relation-state-by-unit", s -> List.of(s.unit()));
    public static final Kind<UnitRelationState> UNIT_RELATION_STATE =
            kind("unit-relation-state", UnitRelationState.class, "application", UNIT_RELATION_STATES_BY_UNIT);
    public static final Kind<UnitAgent> UNIT_AGENT = soft("unit-agent", UnitAgent.class, "application");
    public static final Kind<AgentPresence> PRESENCE = soft("presence", AgentPresence.class, "access");
    public static final Kind<LastConnection> LAST_CONNECTION = kind("last-connection", LastConnection.class, "access");

    public static final Index<Relation> RELATIONS_BY_APPLICATION = index(
            "relation-by-application",
            r -> r.endpoints().stream().map(Relation.Endpoint::application).collect(Collectors.toSet()));
    public static final Index<Relation> RELATIONS_BY_KEY = index("relation-by-key", r -> List.of(r.key()));
    public static final Index<Relation> RELATIONS_ENDING = ending("relation-ending", Relation::life);
    public static final Kind<Relation> RELATION =
            kind("relation", Relation.class, "relation", RELATIONS_BY_APPLICATION, RELATIONS_BY_KEY, RELATIONS_ENDING);

    public static final Index<RelationUnit> RELATION_UNITS_BY_RELATION =
            index("relation-unit-by-relation", r -> List.of(Integer.toString(r.relation())));
    /** Only those in scope, by relation number. */
    public static final Index<RelationUnit> RELATION_UNITS_IN_SCOPE =
            index("relation-unit-in-scope", r -> r.inScope() ? List.of(Integer.toString(r.relation())) : List.of());

    public static final Index<RelationUnit> RELATION_UNITS_BY_UNIT =
            index("relation-unit-by-unit", r -> List.of(r.unit()));
    public static final Kind<RelationUnit> RELATION_UNIT = kind(
            "relation-unit",
            RelationUnit.class,
            "relation",
            RELATION_UNITS_BY_RELATION,
            RELATION_UNITS_IN_SCOPE,
            RELATION_UNITS_BY_UNIT);

    public static final Index<RelationApplication> RELATION_APPLICATIONS_BY_RELATION =
            index("relation-application-by-relation", r -> List.of(Integer.toString(r.relation())));
    public static final Kind<RelationApplication> RELATION_APPLICATION =
            kind("relation-application", RelationApplication.class, "relation", RELATION_APPLICATIONS_BY_RELATION);

    public static final Index<Lease> LEASES_BY_HOLDER =
            index("lease-by-holder", l -> l.holder() == null ? List.of() : List.of(l.holder()));
    public static final Kind<Lease> LEASE = kind("lease", Lease.class, "state", LEASES_BY_HOLDER);

    public static final Index<Offer> OFFERS_BY_NAME = index("offer-by-name", o -> List.of(o.name()));
    public static final Index<Offer> OFFERS_BY_APPLICATION =
            index("offer-by-application", o -> List.of(o.application()));
    public static final Kind<Offer> OFFER = kind("offer", Offer.class, "offer", OFFERS_BY_NAME, OFFERS_BY_APPLICATION);

    public static final Index<OfferUser> OFFER_USERS_BY_OFFER = index("offer-user-by-offer", u -> List.of(u.offer()));
    public static final Index<OfferUser> OFFER_USERS_BY_USER = index("offer-user-by-user", u -> List.of(u.user()));
    public static final Kind<OfferUser> OFFER_USER =
            kind("offer-user", OfferUser.class, "access", OFFER_USERS_BY_OFFER, OFFER_USERS_BY_USER);

    public static final Index<OfferConnection> CONNECTIONS_BY_OFFER =
            index("offer-connection-by-offer", c -> List.of(c.offer()));
    public static final Index<OfferConnection> CONNECTIONS_BY_RELATION =
            index("offer-connection-by-relation", c -> List.of(Integer.toString(c.relation())));
    public static final Index<OfferConnection> CONNECTIONS_BY_APPLICATION_TOKEN =
            index("offer-connection-by-application-token", c -> List.of(c.applicationToken()));
    public static final Index<OfferConnection> CONNECTIONS_BY_USER =
            index("offer-connection-by-user", c -> List.of(c.user()));
    public static final Index<OfferConnection> CONNECTIONS_BY_CONSUMER =
            index("offer-connection-by-consumer", c -> List.of(c.consumer()));
    public static final Kind<OfferConnection> OFFER_CONNECTION = kind(
            "offer-connection",
            OfferConnection.class,
            "offer",
            CONNECTIONS_BY_OFFER,
            CONNECTIONS_BY_RELATION,
            CONNECTIONS_BY_APPLICATION_TOKEN,
            CONNECTIONS_BY_USER,
            CONNECTIONS_BY_CONSUMER);
    public static final Kind<ConsumerPresence> CONSUMER_PRESENCE =
            soft("consumer-presence", ConsumerPresence.class, "offer");

    public static final Index<RemoteApplication> REMOTE_APPLICATIONS_ENDING =
            ending("remote-application-ending", RemoteApplication::life);
    public static final Index<RemoteApplication> REMOTE_APPLICATIONS_BY_OFFER =
            index("remote-application-by-offer", r -> r.offer() == null ? List.of() : List.of(r.offer()));
    public static final Index<RemoteApplication> REMOTE_APPLICATIONS_BY_TOKEN =
            index("remote-application-by-token", r -> r.token() == null ? List.of() : List.of(r.token()));
    public static final Kind<RemoteApplication> REMOTE_APPLICATION = kind(
            "remote-application",
            RemoteApplication.class,
            "offer",
            REMOTE_APPLICATIONS_ENDING,
            REMOTE_APPLICATIONS_BY_OFFER,
            REMOTE_APPLICATIONS_BY_TOKEN);

    public static final Index<RemoteRelation> REMOTE_RELATIONS_BY_SAAS =
            index("remote-relation-by-saas", r -> List.of(r.saas()));
    public static final Kind<RemoteRelation> REMOTE_RELATION =
            kind("remote-relation", RemoteRelation.class, "offer", REMOTE_RELATIONS_BY_SAAS);

    public static final Kind<Annotation> ANNOTATION = kind("annotation", Annotation.class, "model-admin");

    public static final Kind<OfferKey> OFFER_KEY = kind("offer-key", OfferKey.class, "offer");
    public static final Index<OfferGrant> OFFER_GRANTS_BY_OFFER =
            index("offer-grant-by-offer", g -> List.of(g.offer()));
    public static final Index<OfferGrant> OFFER_GRANTS_BY_CONSUMER =
            index("offer-grant-by-consumer", g -> List.of(g.consumer()));
    public static final Kind<OfferGrant> OFFER_GRANT =
            kind("offer-grant", OfferGrant.class, "offer", OFFER_GRANTS_BY_OFFER, OFFER_GRANTS_BY_CONSUMER);

    // --- in both kinds of document set; any room may write these two
    public static final Kind<Sequence> SEQUENCE = kind("sequence", Sequence.class, "*");
    public static final Kind<Answered> ANSWERED = kind("answered", Answered.class, "*");

    // --- the controller's documents
    public static final Kind<Controller> CONTROLLER = kind("controller", Controller.class, "model-admin");
    public static final Kind<User> USER = kind("user", User.class, "access");
    public static final Kind<DepartedUser> DEPARTED_USER = kind("departed-user", DepartedUser.class, "access");
    public static final Kind<CloudRecord> CLOUD = kind("cloud", CloudRecord.class, "model-admin");
    public static final Kind<Credential> CREDENTIAL = kind("credential", Credential.class, "model-admin");
    public static final Index<ModelEntry> MODEL_ENTRIES_BY_NAME =
            index("model-entry-by-name", m -> List.of(m.owner() + "/" + m.name()));
    public static final Index<ModelEntry> MODEL_ENTRIES_UNFINISHED =
            index("model-entry-unfinished", m -> m.state().equals("present") ? List.of() : List.of(m.state()));
    public static final Kind<ModelEntry> MODEL_ENTRY =
            kind("model-entry", ModelEntry.class, "model-admin", MODEL_ENTRIES_BY_NAME, MODEL_ENTRIES_UNFINISHED);

    public static final Kind<ExternalController> EXTERNAL_CONTROLLER =
            kind("external-controller", ExternalController.class, "offer");
    public static final Index<Outgoing> OUTGOING_BY_CONTROLLER =
            index("outgoing-by-controller", o -> List.of(o.controller()));
    public static final Kind<Outgoing> OUTGOING = kind("outgoing", Outgoing.class, "offer", OUTGOING_BY_CONTROLLER);

    /** From the fields themselves: a kind that is left out here would be written and never be read again. */
    private static final Map<String, Kind<?>> BY_NAME = byName();

    private Kinds() {}

    public static Collection<Kind<?>> all() {
        return BY_NAME.values();
    }

    /** The kind of this name in the journal, or null. */
    public static Kind<?> named(String name) {
        return BY_NAME.get(name);
    }

    private static Map<String, Kind<?>> byName() {
        Map<String, Kind<?>> kinds = new TreeMap<>();
        for (Field field : Kinds.class.getFields()) {
            try {
                if (field.get(null) instanceof Kind<?> kind && kinds.put(kind.name(), kind) != null) {
                    throw new IllegalStateException("two kinds are named " + kind.name());
                }
            } catch (IllegalAccessException ownFieldsAreReadable) {
                throw new IllegalStateException(ownFieldsAreReadable);
            }
        }
        return Collections.unmodifiableMap(kinds);
    }

    @SafeVarargs
    private static <E extends Entity> Kind<E> kind(String name, Class<E> type, String owner, Index<E>... indexes) {
        return new Kind<>(name, type, 1, owner, false, new ArrayList<>(List.of(indexes)));
    }

    private static <E extends Entity> Kind<E> soft(String name, Class<E> type, String owner) {
        return new Kind<>(name, type, 1, owner, true, List.of());
    }

    private static <E extends Entity> Index<E> index(String name, Function<E, ? extends Collection<String>> keys) {
        return new Index<>(name, keys);
    }

    private static <E extends Entity> Index<E> ending(String name, Function<E, Life> life) {
        return new Index<>(name, e -> life.apply(e) == Life.ALIVE ? List.of() : List.of(ENDING));
    }
}
