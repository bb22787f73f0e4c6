package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;

/** Remembers that a keyed request was answered, and with what, so that its repetition gets the same answer. {@code order} grows per document set; old ones are dropped by count. */
@RecordBuilder
public record Answered(String key, long order, String answer) implements Entity, AnsweredBuilder.With {
    @Override
    public String id() {
        return key;
    }
}
