package org.isthmus.facades;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.isthmus.model.Key;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Json;
import org.isthmus.rpc.Method;
import org.isthmus.rpc.Next;
import org.isthmus.rpc.WatchHandle;
import org.junit.Test;

/** Every facade, method by method: what the server will find there. */
public class FacadeWalkTest {
    private static final Set<Access> MODEL = Set.of(Access.MODEL_READ, Access.MODEL_WRITE, Access.MODEL_ADMIN);

    private final ObjectMapper json = Json.newMapper();

    private List<Object> facades() {
        ClientFacades set = new ClientFacades();
        set.close();
        return set.facades();
    }

    @Test
    public void everyPublicMethodIsDeclared() {
        int methods = 0;
        for (Object facade : facades()) {
            for (java.lang.reflect.Method method : facade.getClass().getDeclaredMethods()) {
                if (!Modifier.isPublic(method.getModifiers()) || method.isSynthetic()) {
                    continue;
                }
                if (method.isAnnotationPresent(Next.class)) {
                    assertEquals(
                            method.toString(),
                            List.of(Call.class, WatchHandle.class, Set.class),
                            List.of(method.getParameterTypes()));
                    continue;
                }
                Method marked = method.getAnnotation(Method.class);
                assertNotNull(method + " is public but no @Method", marked);
                assertNotNull(method.toString(), marked.access());
                assertTrue(method.toString(), method.getParameterCount() >= 1 && method.getParameterCount() <= 2);
                assertEquals(method.toString(), Call.class, method.getParameterTypes()[0]);
                methods++;
            }
        }
        assertTrue("only " + methods + " methods", methods > 100);
    }

    @Test
    public void parametersBindFromNothing() throws Exception {
        for (Object facade : facades()) {
            for (java.lang.reflect.Method method : facade.getClass().getDeclaredMethods()) {
                if (!method.isAnnotationPresent(Method.class) || method.getParameterCount() < 2) {
                    continue;
                }
                var reader = json.readerFor(json.constructType(method.getGenericParameterTypes()[1]));
                assertNotNull(method.toString(), reader.readValue("{}"));
                reader.readValue("null");
                nulls(method, reader);
            }
        }
    }

    /** A client may send null for anything. */
    private void nulls(java.lang.reflect.Method method, com.fasterxml.jackson.databind.ObjectReader reader)
            throws Exception {
        Class<?> type = method.getParameterTypes()[1];
        if (!type.isRecord()) {
            return;
        }
        var node = json.createObjectNode();
        var empty = json.valueToTree(reader.readValue("{}"));
        for (var component : type.getRecordComponents()) {
            String name = json.getPropertyNamingStrategy().nameForField(null, null, component.getName());
            node.putNull(name);
        }
        assertNotNull(method.toString(), empty);
        assertNotNull(method.toString(), reader.readValue(node.toString()));
    }

    @Test
    public void scopesAndAccessAgree() {
        for (Object facade : facades()) {
            Facade declared = facade.getClass().getAnnotation(Facade.class);
            assertNotNull(facade.getClass().getName(), declared);
            assertTrue(declared.name(), declared.since() <= declared.until());
            for (java.lang.reflect.Method method : facade.getClass().getDeclaredMethods()) {
                Method marked = method.getAnnotation(Method.class);
                if (marked != null && declared.scope() != Facade.Scope.MODEL) {
                    // On a controller connection there is no model whose rights could be asked.
                    assertTrue(method.toString(), !MODEL.contains(marked.access()));
                }
            }
        }
    }

    @Test
    public void namesAreThereOnce() {
        Set<String> facadeNames = new HashSet<>();
        for (Object facade : facades()) {
            String name = facade.getClass().getAnnotation(Facade.class).name();
            assertTrue(name, facadeNames.add(name));
            List<String> methods = new ArrayList<>();
            for (java.lang.reflect.Method method : facade.getClass().getDeclaredMethods()) {
                Method marked = method.getAnnotation(Method.class);
                if (marked != null) {
                    methods.add(World.wireName(method, marked));
                }
            }
            assertEquals(name, methods.size(), new HashSet<>(methods).size());
        }
        assertTrue(facadeNames.containsAll(Set.of("Client", "Application", "ModelManager", "Charms", "Cloud")));
    }

    @Test
    public void controllerOnlyFacadesAreMarkedSo() {
        Set<String> controllerOnly = Set.of(
                "AllModelWatcher",
                "ApplicationOffers",
                "Cloud",
                "Controller",
                "MigrationTarget",
                "ModelManager",
                "ModelSummaryWatcher",
                "ModelUpgrader",
                "SecretBackends",
                "UserManager");
        for (Object facade : facades()) {
            Facade declared = facade.getClass().getAnnotation(Facade.class);
            assertEquals(
                    declared.name(),
                    controllerOnly.contains(declared.name()),
                    declared.scope() == Facade.Scope.CONTROLLER);
        }
    }

    @Test
    public void watcherStateIsOfTheFloorBelow() {
        assertEquals("org.isthmus.model", Key.class.getPackageName());
    }
}
