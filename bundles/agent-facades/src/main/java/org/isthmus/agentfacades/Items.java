package org.isthmus.agentfacades;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Errors;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.ErrorResults.ErrorResult;

/** Bulk calls: each item succeeds or is refused by itself. */
final class Items {
    private Items() {}

    /** Every item is given the call as its own, which is remembered by itself. */
    static <T> CompletionStage<ErrorResults> each(
            Call call, List<T> items, BiFunction<Call, T, CompletionStage<?>> work) {
        List<CompletableFuture<ErrorResult>> results = new ArrayList<>();
        for (T item : items) {
            CompletionStage<?> stage;
            try {
                stage = work.apply(call.item(results.size()), item);
            } catch (Refused refused) {
                stage = CompletableFuture.failedFuture(refused);
            }
            results.add(stage.<ErrorResult>handle((value, failure) -> {
                        if (failure == null) {
                            return new ErrorResult(null);
                        }
                        Problem problem = Refused.of(failure);
                        if (problem == null) {
                            throw new java.util.concurrent.CompletionException(failure);
                        }
                        return new ErrorResult(Errors.of(problem));
                    })
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(done -> new ErrorResults(
                        results.stream().map(CompletableFuture::join).toList()));
    }
}
