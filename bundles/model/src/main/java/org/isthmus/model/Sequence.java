package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;

/** The next number of a sequence: `machine`, `relation`, `unit-mysql`, `charm-mysql`. */
@RecordBuilder
public record Sequence(String name, long next) implements Entity, SequenceBuilder.With {
    @Override
    public String id() {
        return name;
    }
}
