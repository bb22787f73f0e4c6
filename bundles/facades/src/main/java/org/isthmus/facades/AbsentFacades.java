package org.isthmus.facades;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.model.Controller;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Errors.WireError;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.Listing;

/**
 * Things that clients ask after and this controller has none of: lists are empty, and what would make one is refused in so many
 * words.
 */
final class AbsentFacades {
    private AbsentFacades() {}

    static List<Object> all() {
        return List.of(
                new Block(),
                new Storage(),
                new Secrets(),
                new SecretBackends(),
                new HighAvailability(),
                new Backups(),
                new ModelUpgrader());
    }

    private static RuntimeException absent(String what) {
        return Problem.refuse(Code.NOT_SUPPORTED, "%s not supported by this controller", what);
    }

    /** As many empty answers as there were questions in this list of the parameters. */
    private static <T> Listing<T> each(JsonNode params, String list, T empty) {
        List<T> results = new ArrayList<>();
        JsonNode questions = params == null ? null : params.get(list);
        int count = questions == null || !questions.isArray() ? 0 : questions.size();
        for (int i = 0; i < count; i++) {
            results.add(empty);
        }
        return new Listing<>(results);
    }

    @Facade(name = "Block", since = 2, until = 2)
    static final class Block {
        @Method(access = Access.MODEL_READ)
        public Listing<Object> list(Call call) {
            return new Listing<>(List.of());
        }

        @Method(access = Access.MODEL_WRITE, mutates = true)
        public Object switchBlockOn(Call call, JsonNode params) {
            throw absent("blocking commands is");
        }

        @Method(access = Access.MODEL_WRITE, mutates = true)
        public Object switchBlockOff(Call call, JsonNode params) {
            return null;
        }
    }

    @Facade(name = "Storage", since = 6, until = 6)
    static final class Storage {
        @Method(access = Access.MODEL_READ)
        public Listing<Map<String, List<Object>>> listStorageDetails(Call call, JsonNode params) {
            return each(params, "filters", Map.of("result", List.of()));
        }

        @Method(access = Access.MODEL_READ)
        public Listing<Map<String, List<Object>>> listVolumes(Call call, JsonNode params) {
            return each(params, "filters", Map.of("result", List.of()));
        }

        @Method(access = Access.MODEL_READ)
        public Listing<Map<String, List<Object>>> listFilesystems(Call call, JsonNode params) {
            return each(params, "filters", Map.of("result", List.of()));
        }

        @Method(access = Access.MODEL_READ)
        public Listing<Map<String, List<Object>>> listPools(Call call, JsonNode params) {
            return each(params, "filters", Map.of("storage-pools", List.of()));
        }

        @Method(access = Access.MODEL_READ)
        public Listing<Map<String, List<Object>>> storageDetails(Call call, JsonNode params) {
            return each(params, "entities", Map.of("result", List.of()));
        }

        @Method(access = Access.MODEL_WRITE, mutates = true)
        public Object addToUnit(Call call, JsonNode params) {
            throw absent("storage is");
        }

        @Method(access = Access.MODEL_WRITE, mutates = true)
        public Object createPool(Call call, JsonNode params) {
            throw absent("storage is");
        }
    }

    @Facade(name = "Secrets", since = 1, until = 2)
    static final class Secrets {
        @Method(access = Access.MODEL_READ)
        public Listing<Object> listSecrets(Call call, JsonNode params) {
            return new Listing<>(List.of());
        }

        @Method(access = Access.MODEL_WRITE, mutates = true, since = 2)
        public Object createSecrets(Call call, JsonNode params) {
            throw absent("secrets are");
        }
    }

    @Facade(name = "SecretBackends", since = 1, until = 1, scope = Facade.Scope.CONTROLLER)
    static final class SecretBackends {
        @Method(access = Access.CONTROLLER_LOGIN)
        public Listing<Object> listSecretBackends(Call call, JsonNode params) {
            return new Listing<>(List.of());
        }

        @Method(access = Access.CONTROLLER_SUPERUSER, mutates = true)
        public Object addSecretBackends(Call call, JsonNode params) {
            throw absent("secret backends are");
        }
    }

    record ControllerDetails(String controllerId, List<String> apiEndpoints, WireError error) {}

    @Facade(name = "HighAvailability", since = 2, until = 2, scope = Facade.Scope.BOTH)
    static final class HighAvailability {
        @Method(access = Access.CHECKED_INSIDE)
        public Listing<ControllerDetails> controllerDetails(Call call) {
            return new Listing<>(
                    List.of(new ControllerDetails("0", call.controller().apiAddresses(), null)));
        }

        @Method(access = Access.CHECKED_INSIDE, mutates = true, name = "EnableHA")
        public Object enableHa(Call call, JsonNode params) {
            Checks.needSuperuser(call.controller().store().controller().snapshot(), call);
            throw absent("high availability is");
        }
    }

    @Facade(name = "Backups", since = 3, until = 3)
    static final class Backups {
        @Method(access = Access.MODEL_ADMIN, mutates = true)
        public Object create(Call call, JsonNode params) {
            throw absent("creating backups is");
        }
    }

    record Chosen(String chosenVersion, WireError error) {}

    @Facade(name = "ModelUpgrader", since = 1, until = 1, scope = Facade.Scope.CONTROLLER)
    static final class ModelUpgrader {
        record Params(String modelTag, String targetVersion, boolean dryRun) {}

        @Method(access = Access.CHECKED_INSIDE, mutates = true)
        public Chosen upgradeModel(Call call, Params params) {
            Checks.need(call, Checks.model(call, params.modelTag()).snapshot(), "admin");
            Controller controller =
                    call.controller().store().controller().snapshot().controller();
            return new Chosen(
                    controller == null ? "" : controller.agentVersion(),
                    Items.error(Problem.refuse(Code.NOT_FOUND, "no upgrades available")));
        }

        @Method(access = Access.CHECKED_INSIDE, mutates = true)
        public Object abortModelUpgrade(Call call, Params params) {
            Checks.need(call, Checks.model(call, params.modelTag()).snapshot(), "admin");
            return null;
        }
    }
}
