package org.isthmus.itests.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.isthmus.model.Key;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;
import org.isthmus.model.store.Watch;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Caller;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.rpc.Method;
import org.isthmus.rpc.Next;
import org.isthmus.rpc.WatchHandle;

/** A request of the admin, or of an agent, as the server makes it. */
final class SiteCall implements Call {
    private final Site site;
    private final Documents model;
    private final Caller caller;
    private final List<Watch> watches = new ArrayList<>();
    private final Set<Watch> told = ConcurrentHashMap.newKeySet();
    private final Semaphore signals = new Semaphore(0);

    SiteCall(Site site, Documents model) {
        this(site, model, new Caller(Site.ADMIN, Set.of(), false, 1, "127.0.0.1:1"));
    }

    SiteCall(Site site, Documents model, Caller caller) {
        this.site = site;
        this.model = model;
        this.caller = caller;
    }

    /** A method of a facade, found by its wire names and ready to be asked again and again. */
    static Asked find(FacadeSet set, String facade, String method) {
        List<Object> named = set.facades().stream()
                .filter(each ->
                        each.getClass().getAnnotation(Facade.class).name().equals(facade))
                .toList();
        for (Object each : named) {
            for (java.lang.reflect.Method m : each.getClass().getMethods()) {
                if (m.isAnnotationPresent(Method.class) && m.getName().equalsIgnoreCase(method)) {
                    m.setAccessible(true);
                    return (call, params) -> {
                        try {
                            Object answer =
                                    m.getParameterCount() == 1 ? m.invoke(each, call) : m.invoke(each, call, params);
                            return answer instanceof CompletionStage<?> stage ? Site.get(stage) : answer;
                        } catch (InvocationTargetException thrown) {
                            throw thrown.getCause() instanceof Exception cause ? cause : thrown;
                        }
                    };
                }
            }
        }
        throw new AssertionError("no " + facade + "." + method);
    }

    /** How a facade's watcher is asked what it has to tell of some changes. */
    static AskedNext findNext(FacadeSet set, String facade) {
        for (Object each : set.facades()) {
            if (each.getClass().getAnnotation(Facade.class).name().equals(facade)) {
                for (java.lang.reflect.Method m : each.getClass().getMethods()) {
                    if (m.isAnnotationPresent(Next.class)) {
                        m.setAccessible(true);
                        return (call, handle, changed) -> m.invoke(each, call, handle, changed);
                    }
                }
            }
        }
        throw new AssertionError("no " + facade + ".Next");
    }

    /** What {@link #findNext} finds. */
    interface AskedNext {
        Object ask(Call call, WatchHandle handle, Set<Key> changed) throws Exception;
    }

    /** What {@link #find} finds. */
    interface Asked {
        Object ask(Call call, Object params) throws Exception;
    }

    /** As the server does, but nobody asks `Next`: what is told is counted. */
    @Override
    public String watch(WatchHandle handle) {
        Watch watch = site.model(handle.model()).orElseThrow().watch(handle.interests());
        watches.add(watch);
        listen(watch);
        return Integer.toString(watches.size());
    }

    private void listen(Watch watch) {
        watch.changed().whenComplete((keys, failure) -> {
            if (failure == null) {
                if (told.add(watch)) {
                    signals.release();
                }
                listen(watch);
            }
        });
    }

    /** What was told so far does not count. */
    void forget() {
        told.clear();
        signals.drainPermits();
    }

    /** Waits until so many watches were told something since they were forgotten. */
    void awaitTold(int count) throws InterruptedException {
        if (!signals.tryAcquire(count, 60, TimeUnit.SECONDS)) {
            throw new AssertionError("only " + told.size() + " of " + count + " watches were told");
        }
    }

    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public ControllerContext controller() {
        return site;
    }

    @Override
    public Documents model() {
        return model;
    }

    @Override
    public boolean onModel() {
        return model != null;
    }

    @Override
    public int version() {
        return 99;
    }

    @Override
    public JsonNode params() {
        return null;
    }

    @Override
    public String trace() {
        return "figure";
    }

    @Override
    public Instant now() {
        return Site.NOW;
    }

    @Override
    public String modelAccess(Snapshot snapshot) {
        return "admin";
    }

    @Override
    public boolean isSuperuser() {
        return true;
    }

    @Override
    public <R> CompletionStage<R> submit(Function<Tx, R> decision) {
        return model.submit(decision);
    }
}
