package org.isthmus.client;

import java.util.List;

/**
 * What is dialled.
 *
 * @param addresses `host:port`, best first; tried one after the other
 * @param caCert PEM of the controller's CA, the only one that is trusted
 * @param modelUuid null for the controller itself
 */
public record Endpoint(List<String> addresses, String caCert, String modelUuid) {
    public Endpoint {
        addresses = List.copyOf(addresses);
    }

    public static Endpoint controller(List<String> addresses, String caCert) {
        return new Endpoint(addresses, caCert, null);
    }

    public static Endpoint model(List<String> addresses, String caCert, String modelUuid) {
        return new Endpoint(addresses, caCert, modelUuid);
    }

    /** `/api` or `/model/UUID/api`. */
    public String path() {
        return modelUuid == null ? "/api" : "/model/" + modelUuid + "/api";
    }
}
