package org.isthmus.controller;

import org.isthmus.model.store.BlobsFactory;
import org.isthmus.model.store.LogsFactory;
import org.isthmus.model.store.StoreFactory;
import org.isthmus.rpc.ApiServerFactory;
import org.isthmus.spi.JournalFactory;

/** What a controller stands on; null where the room is not there now. */
record Foundations(
        StoreFactory stores, JournalFactory journals, BlobsFactory blobs, LogsFactory logs, ApiServerFactory servers) {

    static final Foundations NONE = new Foundations(null, null, null, null, null);

    Foundations with(StoreFactory factory) {
        return new Foundations(factory, journals, blobs, logs, servers);
    }

    Foundations with(JournalFactory factory) {
        return new Foundations(stores, factory, blobs, logs, servers);
    }

    Foundations with(BlobsFactory factory) {
        return new Foundations(stores, journals, factory, logs, servers);
    }

    Foundations with(LogsFactory factory) {
        return new Foundations(stores, journals, blobs, factory, servers);
    }

    Foundations with(ApiServerFactory factory) {
        return new Foundations(stores, journals, blobs, logs, factory);
    }

    boolean has(Object factory) {
        return stores == factory || journals == factory || blobs == factory || logs == factory || servers == factory;
    }

    /** The room that is missing, in an operator's words; null when all are there. */
    String missing() {
        if (journals == null) {
            return "a journal (bundle store-derby)";
        }
        if (stores == null) {
            return "bundle state";
        }
        if (blobs == null) {
            return "bundle blob";
        }
        if (logs == null) {
            return "bundle log";
        }
        return servers == null ? "bundle apiserver" : null;
    }
}
