package org.isthmus.cli.command;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.isthmus.rpc.ControllerHost;

/** Waits for a controller of this container that is on its way: its room is being replaced, say. Others are not waited for. */
final class Coming {
    private static final long LIMIT_SECONDS = 10;
    private static final long PAUSE_MILLIS = 100;
    private static final Set<String> COMING = Set.of("starting", "waiting");

    private final ControllerHost host;
    private final String uuid;

    /** @param host null outside of a container */
    Coming(ControllerHost host, String uuid) {
        this.host = host;
        this.uuid = uuid;
    }

    /** The first that is had of it, or how the last try failed. */
    <T> T first(Supplier<T> dial) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        String before = "";
        while (true) {
            try {
                return dial.get();
            } catch (Failure.Lost away) {
                String now = word();
                // It may run since the try, or leave since: once more, then.
                boolean comes = COMING.contains(now) || now.equals("running") && !now.equals(before);
                if (!comes || System.nanoTime() - until > 0) {
                    throw away;
                }
                before = now;
                Waiting.pause(PAUSE_MILLIS);
            }
        }
    }

    /** How it stands, in a word; empty when it is none of this container's. */
    private String word() {
        if (host == null) {
            return "";
        }
        return host.controllers().stream()
                .filter(each -> each.uuid().equals(uuid))
                .map(each -> each.state().split("[ :]", 2)[0])
                .findFirst()
                .orElse("");
    }
}
