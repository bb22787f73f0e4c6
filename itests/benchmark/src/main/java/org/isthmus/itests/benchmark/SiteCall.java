package org.isthmus.itests.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Caller;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.rpc.Method;

/** A request of the admin, as the server makes it. */
final class SiteCall implements Call {
    private final Site site;
    private final Documents model;

    SiteCall(Site site, Documents model) {
        this.site = site;
        this.model = model;
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

    /** What {@link #find} finds. */
    interface Asked {
        Object ask(Call call, Object params) throws Exception;
    }

    @Override
    public Caller caller() {
        return new Caller(Site.ADMIN, Set.of(), false, 1, "127.0.0.1:1");
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
