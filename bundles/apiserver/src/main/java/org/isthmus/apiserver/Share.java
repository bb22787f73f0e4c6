package org.isthmus.apiserver;

/**
 * What the messages of one kind of peers may cost, all together, from their first byte until they are answered.
 *
 * @param message bytes of a single one as it comes in
 * @param light for messages that cost little, whom large ones thus cannot shut out
 * @param heavy for the others
 * @param answers that wait for readers
 */
record Share(int message, Budget light, Budget heavy, Outbound answers) {

    static Share of(int message, long bytes) {
        return new Share(message, new Budget(bytes / 4), new Budget(bytes - bytes / 4), new Outbound(bytes / 2));
    }

    long taken() {
        return light.taken() + heavy.taken();
    }
}
