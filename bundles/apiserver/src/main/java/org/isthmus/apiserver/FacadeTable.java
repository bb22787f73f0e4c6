package org.isthmus.apiserver;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Key;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.rpc.HttpRoute;
import org.isthmus.rpc.Json;
import org.isthmus.rpc.Method;
import org.isthmus.rpc.Next;
import org.isthmus.rpc.WatchHandle;

/**
 * One facade set, ready to be called. Holds classes of the set's bundle, so it lives behind a plug and nothing keeps it. Its JSON
 * mapper goes with it: a mapper remembers the classes it has written.
 */
final class FacadeTable {
    private final ObjectMapper json = Json.newMapper();
    private final Map<String, List<Served>> facades = new LinkedHashMap<>();
    private final List<HttpRoute> routes;

    /** A method of a facade. {@code params} is null when it takes none. */
    record Target(
            String name,
            Access access,
            int since,
            int until,
            boolean mutates,
            boolean blocks,
            JavaType params,
            MethodHandle handle) {}

    private record Served(
            String name,
            int since,
            int until,
            Facade.Scope scope,
            Map<String, List<Target>> methods,
            MethodHandle next) {}

    /** What is known of a facade without any of its classes; it outlives the set while that is replaced. */
    record Offered(String name, int since, int until, Facade.Scope scope) {}

    /** What is known of a route without its class. */
    record OfferedRoute(String method, String pattern, Access access) {}

    FacadeTable(FacadeSet set) {
        for (Object facade : set.facades()) {
            Facade declared = facade.getClass().getAnnotation(Facade.class);
            if (declared == null) {
                throw new IllegalArgumentException(facade.getClass().getName() + " is no @Facade");
            }
            facades.computeIfAbsent(declared.name(), name -> new ArrayList<>()).add(served(facade, declared));
        }
        routes = List.copyOf(set.routes());
    }

    private Served served(Object facade, Facade declared) {
        Map<String, List<Target>> methods = new HashMap<>();
        MethodHandle next = null;
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        for (java.lang.reflect.Method method : facade.getClass().getMethods()) {
            Method marked = method.getAnnotation(Method.class);
            boolean isNext = method.isAnnotationPresent(Next.class);
            if ((marked == null && !isNext) || method.isBridge()) {
                continue;
            }
            try {
                // The class itself may be package-private.
                method.setAccessible(true);
                MethodHandle handle = lookup.unreflect(method).bindTo(facade);
                if (isNext) {
                    next = handle.asType(MethodType.methodType(Object.class, Call.class, WatchHandle.class, Set.class));
                    continue;
                }
                java.lang.reflect.Type[] parameters = method.getGenericParameterTypes();
                if (parameters.length < 1 || parameters.length > 2 || parameters[0] != Call.class) {
                    throw new IllegalArgumentException(method + " must take (Call) or (Call, parameters)");
                }
                JavaType params = parameters.length == 2 ? json.constructType(parameters[1]) : null;
                if (params == null) {
                    handle = MethodHandles.dropArguments(handle, 1, Object.class);
                }
                handle = handle.asType(MethodType.methodType(Object.class, Call.class, Object.class));
                String name = marked.name().isEmpty()
                        ? Character.toUpperCase(method.getName().charAt(0))
                                + method.getName().substring(1)
                        : marked.name();
                methods.computeIfAbsent(name, n -> new ArrayList<>())
                        .add(new Target(
                                name,
                                marked.access(),
                                marked.since(),
                                marked.until(),
                                marked.mutates(),
                                marked.blocks(),
                                params,
                                handle));
            } catch (IllegalAccessException cannotHappen) {
                throw new IllegalArgumentException(method + " cannot be called", cannotHappen);
            }
        }
        return new Served(declared.name(), declared.since(), declared.until(), declared.scope(), methods, next);
    }

    List<Offered> offered() {
        List<Offered> all = new ArrayList<>();
        for (List<Served> served : facades.values()) {
            for (Served each : served) {
                all.add(new Offered(each.name(), each.since(), each.until(), each.scope()));
            }
        }
        return all;
    }

    List<OfferedRoute> offeredRoutes() {
        return routes.stream()
                .map(r -> new OfferedRoute(r.method(), r.pattern(), r.access()))
                .toList();
    }

    ObjectMapper json() {
        return json;
    }

    private Served facade(String name, int version) {
        List<Served> served = facades.get(name);
        if (served == null) {
            throw Problem.refuse(Code.NOT_IMPLEMENTED, "unknown facade type \"%s\"", name);
        }
        for (Served each : served) {
            if (each.since() <= version && version <= each.until()) {
                return each;
            }
        }
        throw Problem.refuse(Code.NOT_IMPLEMENTED, "unknown version (%d) of facade type \"%s\"", version, name);
    }

    Target method(String facade, int version, String method) {
        for (Target target : facade(facade, version).methods().getOrDefault(method, List.of())) {
            if (target.since() <= version && version <= target.until()) {
                return target;
            }
        }
        throw missing(facade, version, method);
    }

    static RuntimeException missing(String facade, int version, String method) {
        return Problem.refuse(
                Code.NOT_IMPLEMENTED, "no such request - method %s(%d).%s is not implemented", facade, version, method);
    }

    HttpRoute route(OfferedRoute wanted) {
        for (HttpRoute route : routes) {
            if (route.method().equals(wanted.method()) && route.pattern().equals(wanted.pattern())) {
                return route;
            }
        }
        throw Problem.refuse(Code.NOT_FOUND, "no route %s %s", wanted.method(), wanted.pattern());
    }

    Object invoke(Target target, Call call, JsonNode params) throws Throwable {
        Object value = target.params() == null ? null : read(target.params(), params);
        return (Object) target.handle().invokeExact(call, value);
    }

    private Object read(JavaType type, JsonNode params) {
        if (type.hasRawClass(JsonNode.class)) {
            return params;
        }
        try {
            return json.readerFor(type).readValue(params);
        } catch (java.io.IOException | IllegalArgumentException bad) {
            throw Problem.refuse(Code.BAD_REQUEST, "bad request: %s", Misread.of(bad));
        }
    }

    Object next(String facade, int version, Call call, WatchHandle handle, Set<Key> changed) throws Throwable {
        MethodHandle next = facade(facade, version).next();
        if (next == null) {
            throw missing(facade, version, "Next");
        }
        return (Object) next.invokeExact(call, handle, (Set) changed);
    }
}
