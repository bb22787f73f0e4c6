package org.isthmus.agent.unit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.isthmus.agent.AgentApi;
import org.isthmus.wire.agent.UnitRemoteState;
import org.isthmus.wire.agent.UnitRemoteStateResult;

/** What a unit's agent hears of the model: the connection's threads bring it, the agent's own thread waits for it. */
final class RemoteWatch {
    private static final Duration FOREVER = Duration.ofDays(365);

    private final UnitApi api;

    // Under this object's lock.
    private UnitRemoteState remote;
    /** Of the request that the remote state follows from. */
    private String cause;

    private long changes;
    private AgentApi.Watching<UnitRemoteStateResult> watching;
    private boolean lost = true;
    private boolean stopped;

    /**
     * What was heard until now.
     *
     * @param changes how often something was heard
     */
    record Heard(UnitRemoteState state, String cause, long changes) {}

    RemoteWatch(UnitApi api) {
        this.api = api;
    }

    /** Listens, if nothing does already; waits for a connection. */
    void open() throws InterruptedException {
        synchronized (this) {
            if (!lost) {
                return;
            }
        }
        close();
        long connection = api.session(FOREVER);
        AgentApi.Watching<UnitRemoteStateResult> fresh = api.watch(connection);
        synchronized (this) {
            watching = fresh;
            lost = false;
            UnitRemoteStateResult first = fresh.initial();
            remote = first.state();
            cause = first.trace() == null ? cause : first.trace();
            changes++;
        }
        hear(fresh);
    }

    private void hear(AgentApi.Watching<UnitRemoteStateResult> on) {
        on.next().whenComplete((result, failure) -> {
            synchronized (this) {
                if (watching != on) {
                    return;
                }
                if (failure != null) {
                    lost = true;
                } else {
                    remote = result.onto(remote);
                    cause = result.trace() == null ? cause : result.trace();
                    lost = remote.rewatch();
                }
                changes++;
                notifyAll();
                if (lost) {
                    return;
                }
            }
            hear(on);
        });
    }

    synchronized Heard heard() {
        return new Heard(remote, cause, changes);
    }

    /** What was heard is old: it is asked for anew. */
    synchronized void lose() {
        lost = true;
    }

    /** Waits for anything new, at most so long; not at all for an agent that ends. */
    synchronized void pause(Duration limit) throws InterruptedException {
        if (!stopped) {
            TimeUnit.NANOSECONDS.timedWait(this, limit.toNanos());
        }
    }

    /** Waits for more than that, at most until that moment. */
    synchronized void await(long seenChanges, long until) throws InterruptedException {
        long left = until - System.nanoTime();
        if (changes == seenChanges && !stopped && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Nobody begins to wait here any more. */
    synchronized void stop() {
        stopped = true;
    }

    void close() {
        AgentApi.Watching<UnitRemoteStateResult> old;
        synchronized (this) {
            old = watching;
            watching = null;
        }
        if (old != null) {
            old.stop();
        }
    }
}
