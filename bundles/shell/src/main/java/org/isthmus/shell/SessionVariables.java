package org.isthmus.shell;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.karaf.shell.api.console.Session;

/** What `export` set in this session; it ends with the session. */
final class SessionVariables {
    private static final String KEY = ".isthmus.exported";

    private final Map<String, String> exported = new ConcurrentHashMap<>();

    private SessionVariables() {}

    static SessionVariables of(Session session) {
        synchronized (session) {
            if (session.get(KEY) instanceof SessionVariables known) {
                return known;
            }
            SessionVariables fresh = new SessionVariables();
            session.put(KEY, fresh);
            return fresh;
        }
    }

    void set(String name, String value) {
        exported.put(name, value);
    }

    Map<String, String> exported() {
        return exported;
    }

    Map<String, String> over(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(exported);
        return all;
    }
}
