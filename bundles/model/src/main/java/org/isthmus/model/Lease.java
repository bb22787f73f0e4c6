package org.isthmus.model;

import io.soabase.recordbuilder.core.RecordBuilder;

/** Who leads an application, and the fencing number that rises with each new holder. Renewals are soft and live with the lease clock in {@code state}. */
@RecordBuilder
public record Lease(String application, String holder, long fencing) implements Entity, LeaseBuilder.With {
    @Override
    public String id() {
        return application;
    }
}
