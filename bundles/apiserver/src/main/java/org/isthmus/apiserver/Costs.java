package org.isthmus.apiserver;

/**
 * What peers may cost all together: the controllers of a container share one heap, so their servers share this.
 */
final class Costs {
    private final Limits limits;
    private final Share ofStrangers;
    private final Share anonymous;
    private final Share known;
    private final Strangers strangers;

    /** @param heap bytes, of which all this may take half */
    Costs(Limits limits, long heap) {
        this.limits = limits;
        ofStrangers = Share.of(limits.beforeLogin(), heap / 16);
        anonymous = Share.of(limits.anonymous(), heap / 16);
        known = Share.of(limits.frame(), heap / 4);
        strangers = new Strangers(limits.unauthenticated());
    }

    Limits limits() {
        return limits;
    }

    /** Of those who have not logged in. */
    Share ofStrangers() {
        return ofStrangers;
    }

    /** Of those who logged in without a password, as other controllers do. */
    Share anonymous() {
        return anonymous;
    }

    /** Of those who are known. */
    Share known() {
        return known;
    }

    Strangers strangers() {
        return strangers;
    }
}
