package org.isthmus.cli;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.rpc.ControllerHost;
import org.isthmus.spi.Plug;

/**
 * The host of controllers that is there now. The commands outlive it: one that lost its controller to the replacement of that room
 * asks again when the controller is back, and must not keep the room from coming back until it gives up.
 */
final class CurrentHost implements ControllerHost {
    private final Plug<ControllerHost> plug;

    CurrentHost(Plug<ControllerHost> plug) {
        this.plug = plug;
    }

    @Override
    public CompletionStage<Bootstrapped> bootstrap(Bootstrap request, Consumer<String> progress) {
        return plug.call(host -> host.bootstrap(request, progress));
    }

    @Override
    public CompletionStage<Void> remove(String uuid, boolean force, Consumer<String> progress) {
        return plug.call(host -> host.remove(uuid, force, progress));
    }

    @Override
    public List<Status> controllers() {
        CompletionStage<List<Status>> there = plug.call(host -> CompletableFuture.completedFuture(host.controllers()));
        try {
            return there.toCompletableFuture().get();
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw Problem.refuse(Code.STOPPED, "cancelled");
        } catch (ExecutionException failure) {
            Problem problem = Refused.of(failure);
            throw problem == null ? new IllegalStateException(failure.getCause()) : new Refused(problem);
        }
    }
}
