package org.isthmus.wire;

import java.util.List;

/** Things named by their tags: the parameter of many bulk calls. */
public record Entities(List<Entity> entities) {
    public Entities {
        entities = entities == null ? List.of() : entities;
    }

    /** One thing. */
    public record Entity(String tag) {}
}
