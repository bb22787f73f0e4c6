package org.isthmus.wire;

import java.util.List;
import java.util.Map;
import org.isthmus.rpc.Errors.WireError;

/** Parameters and results of the facade Controller. */
public interface ControllerCalls {
    record Config(Map<String, Object> config) {}

    record ApiInfo(List<String> addresses, String cacert, WireError error) {}

    record HostedModelConfig(
            String name, String owner, Map<String, Object> config, Map<String, Object> cloudSpec, WireError error) {}

    record HostedModels(List<HostedModelConfig> models) {}

    record Destroy(boolean destroyModels, Boolean destroyStorage, boolean force, Long maxWait, Long modelTimeout) {}

    record UserAccess(String userTag, String access) {}

    record Version(String version, String gitCommit) {}

    record Text(String result, WireError error) {}

    record Summary(String controllerUuid, String name, String cacert, String apiAddresses) {}
}
