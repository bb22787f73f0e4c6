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
    private final Uploads uploads = new Uploads();

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

    Uploads uploads() {
        return uploads;
    }

    /**
     * Takes memory, if need be by sending away one that holds more of it with what nobody works at yet.
     *
     * @param holds what the taker holds already
     * @return false where there is none
     */
    boolean take(Charge charge, long bytes, long holds) {
        if (charge.add(bytes)) {
            return true;
        }
        long than = holds + bytes;
        // No stranger takes of the memory of those who are known, and the other way round.
        Share share = charge.share();
        boolean room = share != known && strangers.makeRoom(share, than)
                || share != ofStrangers && uploads.makeRoom(share, than);
        if (room) {
            // What was held is free as soon as the event loop of who has to leave comes to it.
            charge.force(bytes);
        }
        return room;
    }
}
