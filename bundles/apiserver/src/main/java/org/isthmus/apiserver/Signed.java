package org.isthmus.apiserver;

import org.isthmus.rpc.Caller;
import org.slf4j.MDC;

/** While it is open, what this thread logs and submits bears the request's signature: trace, method, controller, caller, model. */
final class Signed implements AutoCloseable {
    /** False where the thread is at this request already: whoever began it ends it. */
    private final boolean mine;

    /**
     * @param request what is asked, as people say it
     * @param model null on a controller connection
     */
    Signed(String trace, String request, String controller, Caller caller, String model) {
        mine = !trace.equals(MDC.get("trace"));
        if (!mine) {
            return;
        }
        MDC.put("trace", trace);
        MDC.put("request", request);
        MDC.put("controller", controller);
        MDC.put("entity", String.valueOf(caller));
        if (model != null) {
            MDC.put("model", model);
        }
    }

    @Override
    public void close() {
        if (mine) {
            MDC.remove("trace");
            MDC.remove("request");
            MDC.remove("controller");
            MDC.remove("entity");
            MDC.remove("model");
        }
    }
}
