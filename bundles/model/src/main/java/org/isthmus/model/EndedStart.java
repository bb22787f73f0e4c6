package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A start of an instance that nobody waits for any more: another one took its place, or its machine is gone. Should the instance
 * appear late, it may be stopped; one of which nothing is known here may be of a newer copy of this model.
 *
 * @param order grows; old ones are dropped by count
 */
@RecordBuilder
public record EndedStart(String token, String machine, long order) implements Entity, EndedStartBuilder.With {
    @Override
    public String id() {
        return token;
    }
}
