package org.isthmus.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.isthmus.rpc.Errors.WireError;

/** Parameters and results of the facade Cloud. */
public interface CloudCalls {
    record Region(String name, String endpoint, String identityEndpoint, String storageEndpoint) {}

    record Cloud(
            String type,
            String hostCloudRegion,
            List<String> authTypes,
            String endpoint,
            String identityEndpoint,
            String storageEndpoint,
            List<Region> regions,
            List<String> caCertificates,
            Boolean skipTlsVerify,
            Map<String, Object> config,
            Map<String, Map<String, Object>> regionConfig,
            Boolean isControllerCloud) {}

    record Clouds(Map<String, Cloud> clouds) {}

    record CloudResult(Cloud cloud, WireError error) {}

    record AddCloud(Cloud cloud, String name, boolean force) {}

    record UpdateClouds(List<AddCloud> clouds) {
        public UpdateClouds {
            clouds = clouds == null ? List.of() : clouds;
        }
    }

    record CloudUser(String userName, String displayName, String access) {}

    record CloudInfo(
            String type, List<String> authTypes, String endpoint, List<Region> regions, List<CloudUser> users) {}

    record ListCloudInfo(String userTag, boolean all) {}

    record ListedCloud(
            String type,
            List<String> authTypes,
            String endpoint,
            List<Region> regions,
            @JsonProperty("user-access") String userAccess) {}

    record UserClouds(List<UserCloud> userClouds) {
        public UserClouds {
            userClouds = userClouds == null ? List.of() : userClouds;
        }
    }

    record UserCloud(String userTag, String cloudTag) {}

    record Strings(List<String> result, WireError error) {}

    record Credential(String authType, Map<String, String> attrs, List<String> redacted) {}

    record TaggedCredential(String tag, Credential credential) {}

    record UpdateCredentials(List<TaggedCredential> credentials, boolean force) {
        public UpdateCredentials {
            credentials = credentials == null ? List.of() : credentials;
        }
    }

    record CredentialModel(String uuid, String name, List<ErrorItem> errors) {}

    record ErrorItem(WireError error) {}

    record UpdatedCredential(String tag, WireError error, List<CredentialModel> models) {}

    record RevokeCredentials(List<RevokeCredential> credentials) {
        public RevokeCredentials {
            credentials = credentials == null ? List.of() : credentials;
        }
    }

    record RevokeCredential(String tag, boolean force) {}

    record ContentsQuery(List<ContentsName> credentials, boolean includeSecrets) {
        public ContentsQuery {
            credentials = credentials == null ? List.of() : credentials;
        }
    }

    record ContentsName(String cloudName, String credentialName) {}

    record Content(String name, String cloud, String authType, Boolean valid, Map<String, String> attrs) {}

    record ModelAccess(String model, String access) {}

    record Contents(Content content, List<ModelAccess> models) {}

    record InstanceTypesQuery(List<InstanceTypesConstraint> constraints) {
        public InstanceTypesQuery {
            constraints = constraints == null ? List.of() : constraints;
        }
    }

    record InstanceTypesConstraint(String cloudTag, String region, Map<String, Object> value) {}

    record InstanceTypes(List<Object> instanceTypes, String costUnit, String costCurrency, WireError error) {}
}
