package org.isthmus.api;

/** The versions this build speaks of. */
public final class Product {
    /** The Juju level of the facade set; clients check its major number. */
    public static final String SERVER_VERSION = "3.6.9";

    /** Version of the agents that this build ships; grows as 3.6.N. */
    public static final String AGENT_VERSION = "3.6.9";

    /** Isthmus' own version. */
    public static final String VERSION = "0.1.0";

    private Product() {}
}
