package org.isthmus.shell;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.isthmus.api.Refused;
import org.isthmus.rpc.Commands;
import org.isthmus.rpc.Invocation;
import org.isthmus.spi.Plug;

/** The commands that are there now. While their bundle is replaced lines wait for it, as long as a {@link Plug} waits. */
final class CurrentCommands implements Commands {
    private static final int CANCELLED = 130;

    private final Plug<Commands> plug;

    CurrentCommands(Plug<Commands> plug) {
        this.plug = plug;
    }

    @Override
    public int run(Invocation invocation) {
        try {
            return with(commands -> commands.run(invocation));
        } catch (InterruptedException cancelled) {
            return CANCELLED;
        } catch (Refused absent) {
            invocation.err().println("ERROR " + absent.getMessage());
            return 1;
        }
    }

    @Override
    public List<String> names() {
        return listed(Commands::names);
    }

    @Override
    public List<String> complete(List<String> words, Map<String, String> env) {
        // Nobody who presses a key waits for a bundle.
        return plug.isBound() ? listed(commands -> commands.complete(words, env)) : List.of();
    }

    private List<String> listed(Function<Commands, List<String>> question) {
        try {
            return with(question);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (Refused absent) {
            return List.of();
        }
    }

    /** On the caller's own thread, which may take its time; the instance is held until then. */
    private <R> R with(Function<Commands, R> work) throws InterruptedException {
        CompletableFuture<Commands> here = new CompletableFuture<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        plug.call(commands -> {
                    here.complete(commands);
                    return done;
                })
                .whenComplete((nothing, absent) -> {
                    if (absent != null) {
                        here.completeExceptionally(absent);
                    }
                });
        try {
            return work.apply(here.get());
        } catch (ExecutionException absent) {
            throw new Refused(Refused.of(absent));
        } finally {
            done.complete(null);
        }
    }
}
