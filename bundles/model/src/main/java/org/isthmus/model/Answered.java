package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Remembers that a keyed request was answered, and with what, so that its repetition gets the same answer. {@code order} grows per
 * document set; old ones are dropped by count.
 */
@RecordBuilder
public record Answered(String key, long order, String answer) implements Entity, AnsweredBuilder.With {
    /** How the keys of requests for the removal of a model begin: what they begin outlives the model's own documents. */
    public static final String MODEL_REMOVAL = "ModelManager.DestroyModels/";

    @Override
    public String id() {
        return key;
    }
}
