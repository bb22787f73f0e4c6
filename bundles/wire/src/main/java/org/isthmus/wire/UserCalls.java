package org.isthmus.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.isthmus.rpc.Errors.WireError;

/** Parameters and results of the facade UserManager. */
public interface UserCalls {
    record AddUsers(List<AddUser> users) {
        public AddUsers {
            users = users == null ? List.of() : users;
        }
    }

    record AddUser(String username, String displayName, String password) {}

    /** @param secretKey base64, where the user sets a password by registering */
    record AddedUser(String tag, String secretKey, WireError error) {}

    record UserQuery(List<Entities.Entity> entities, boolean includeDisabled) {
        public UserQuery {
            entities = entities == null ? List.of() : entities;
        }
    }

    record UserInfo(
            String username,
            String displayName,
            String access,
            String createdBy,
            Instant dateCreated,
            @JsonInclude(JsonInclude.Include.ALWAYS) Instant lastConnection,
            boolean disabled) {}

    record SetPasswords(List<SetPassword> changes) {
        public SetPasswords {
            changes = changes == null ? List.of() : changes;
        }
    }

    record SetPassword(String tag, String password) {}
}
