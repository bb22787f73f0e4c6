package org.isthmus.model;

import java.time.Instant;

/**
 * A user who was removed while models may still say what they may do. Stays until no model does: until then nobody may have that
 * name, who would inherit it.
 */
public record DepartedUser(String name, Instant since) implements Entity {
    @Override
    public String id() {
        return name;
    }
}
