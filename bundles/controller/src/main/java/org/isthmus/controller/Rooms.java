package org.isthmus.controller;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import org.isthmus.model.engine.AccessEngine;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.ModelEngine;
import org.isthmus.model.engine.OfferEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.rpc.Reconciler;
import org.isthmus.spi.CharmSource;
import org.isthmus.spi.CloudProvider;
import org.isthmus.spi.Plug;

/** The plugs into every room that a running controller calls, shared by all controllers of the container. */
final class Rooms {
    private final ScheduledExecutorService timer;
    private final Plug<ApplicationEngine> applications;
    private final Plug<RelationEngine> relations;
    private final Plug<ModelEngine> models;
    private final Plug<AccessEngine> access;
    private final Plug<OfferEngine> offers;
    private final Plug<List<CharmSource>> charmSources;
    private final Map<String, Plug<CloudProvider>> providers = new ConcurrentHashMap<>();
    private final Map<String, Plug<Reconciler>> reconcilers = new LinkedHashMap<>();
    private final List<CharmSource> sources = new ArrayList<>();
    private final List<ReconcilerListener> listeners = new CopyOnWriteArrayList<>();
    private List<CharmSource> boundSources;

    /** Told when a reconciler came, for the first time or again. */
    interface ReconcilerListener {
        void arrived(String name, Plug<Reconciler> plug);
    }

    Rooms(ScheduledExecutorService timer) {
        this.timer = timer;
        applications = new Plug<>("application engine", timer);
        relations = new Plug<>("relation engine", timer);
        models = new Plug<>("model engine", timer);
        access = new Plug<>("access engine", timer);
        offers = new Plug<>("offer registry", timer);
        charmSources = new Plug<>("charm sources", timer);
    }

    Plug<ApplicationEngine> applications() {
        return applications;
    }

    Plug<RelationEngine> relations() {
        return relations;
    }

    Plug<ModelEngine> models() {
        return models;
    }

    Plug<AccessEngine> access() {
        return access;
    }

    Plug<OfferEngine> offers() {
        return offers;
    }

    Plug<List<CharmSource>> charmSources() {
        return charmSources;
    }

    Plug<CloudProvider> provider(String type) {
        return providers.computeIfAbsent(type, t -> new Plug<>(t + " provider", timer));
    }

    List<String> providerTypes() {
        return providers.entrySet().stream()
                .filter(e -> e.getValue().isBound())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** All of them, for display. */
    List<Plug<?>> plugs() {
        List<Plug<?>> plugs = new ArrayList<>(List.of(applications, relations, models, access, offers, charmSources));
        providers.values().stream().sorted(Comparator.comparing(Plug::name)).forEach(plugs::add);
        synchronized (reconcilers) {
            plugs.addAll(reconcilers.values());
        }
        return plugs;
    }

    void bind(CharmSource source) {
        List<CharmSource> before;
        synchronized (sources) {
            sources.add(source);
            before = rebindSources();
        }
        release(before);
    }

    void unbind(CharmSource source) {
        List<CharmSource> before;
        synchronized (sources) {
            sources.remove(source);
            before = rebindSources();
        }
        release(before);
    }

    private List<CharmSource> rebindSources() {
        List<CharmSource> before = boundSources;
        boundSources = sources.stream()
                .sorted(Comparator.comparingInt(CharmSource::order))
                .toList();
        charmSources.bind(boundSources);
        return before;
    }

    private void release(List<CharmSource> before) {
        if (before != null) {
            charmSources.unbind(before);
        }
    }

    void bind(Reconciler reconciler) {
        String name = reconciler.name();
        Plug<Reconciler> plug;
        synchronized (reconcilers) {
            plug = reconcilers.computeIfAbsent(name, n -> new Plug<>(n + " reconciler", timer));
        }
        plug.bind(reconciler);
        listeners.forEach(listener -> listener.arrived(name, plug));
    }

    void unbind(Reconciler reconciler) {
        Plug<Reconciler> plug;
        synchronized (reconcilers) {
            plug = reconcilers.get(reconciler.name());
        }
        if (plug != null) {
            plug.unbind(reconciler);
        }
    }

    /** Every reconciler that ever came, then each that comes. */
    void listen(ReconcilerListener listener) {
        listeners.add(listener);
        Map<String, Plug<Reconciler>> known;
        synchronized (reconcilers) {
            known = new LinkedHashMap<>(reconcilers);
        }
        known.forEach(listener::arrived);
    }

    void unlisten(ReconcilerListener listener) {
        listeners.remove(listener);
    }
}
