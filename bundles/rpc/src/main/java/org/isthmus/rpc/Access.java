package org.isthmus.rpc;

/** What a caller must be to use a method. Model levels include those below; a controller superuser has every model level. */
public enum Access {
    /** Anybody who logged in, an agent too. */
    AUTHENTICATED,
    /** Any logged-in user of the controller. */
    CONTROLLER_LOGIN,
    CONTROLLER_SUPERUSER,
    MODEL_READ,
    MODEL_WRITE,
    MODEL_ADMIN,
    /** A machine agent of this model. The method checks which machine. */
    MACHINE_AGENT,
    /** A unit agent of this model, logged in on this connection. The method checks which unit. */
    UNIT_AGENT,
    /** A machine or a unit agent of this model. */
    AGENT,
    /** Another controller, without a login; authority is in the arguments. */
    ANONYMOUS,
    /** The method decides by its arguments, item by item; users only. */
    CHECKED_INSIDE
}
