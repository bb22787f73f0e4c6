package org.isthmus.facades;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Errors;
import org.isthmus.rpc.Errors.WireError;
import org.isthmus.wire.ErrorResults;
import org.isthmus.wire.ErrorResults.ErrorResult;
import org.isthmus.wire.Results;
import org.isthmus.wire.Results.Result;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Bulk calls: every item is a request of its own, and its failure is its own. */
final class Items {
    private static final Logger LOG = LoggerFactory.getLogger(Items.class);

    private Items() {}

    /**
     * All items are handed in at once, in their order: a writer decides them one after another and makes one batch of them.
     */
    static <T, R, O> CompletionStage<List<O>> each(
            List<T> items, Function<T, ? extends CompletionStage<R>> step, BiFunction<R, WireError, O> make) {
        List<CompletableFuture<O>> running = new ArrayList<>(items.size());
        for (T item : items) {
            CompletionStage<R> stage;
            try {
                stage = step.apply(there(item));
            } catch (RuntimeException failure) {
                stage = CompletableFuture.failedFuture(failure);
            }
            running.add(stage.handle((value, failure) -> make.apply(value, failure == null ? null : error(failure)))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
                .thenApply(all -> running.stream().map(CompletableFuture::join).toList());
    }

    /** As {@link #each}, of a call that changes something: every item is given the call as its own, which is remembered by itself. */
    static <T, R, O> CompletionStage<List<O>> each(
            Call call,
            List<T> items,
            BiFunction<Call, T, ? extends CompletionStage<R>> step,
            BiFunction<R, WireError, O> make) {
        AtomicInteger number = new AtomicInteger();
        return each(items, item -> step.apply(call.item(number.getAndIncrement()), item), make);
    }

    /** Items that only succeed or fail. One that was done before succeeds, though it could not be done now. */
    static <T> CompletionStage<ErrorResults> errors(
            Call call, List<T> items, BiFunction<Call, T, ? extends CompletionStage<?>> step) {
        return Items.<T, Object, ErrorResult>each(
                        call,
                        items,
                        (each, item) -> each.done(
                                        each.onModel()
                                                ? each.model()
                                                : each.controller().store().controller())
                                ? CompletableFuture.completedFuture(null)
                                : done(step.apply(each, item)),
                        (value, error) -> new ErrorResult(error))
                .thenApply(ErrorResults::new);
    }

    /** Items that only succeed or fail. */
    static <T> CompletionStage<ErrorResults> errors(List<T> items, Function<T, ? extends CompletionStage<?>> step) {
        return each(items, item -> done(step.apply(item)), (value, error) -> new ErrorResult(error))
                .thenApply(ErrorResults::new);
    }

    private static CompletionStage<Object> done(CompletionStage<?> stage) {
        return stage.thenApply(value -> null);
    }

    /** Items with a result each. */
    static <T, R> CompletionStage<Results<R>> results(List<T> items, Function<T, ? extends CompletionStage<R>> step) {
        return each(items, step, (value, error) -> new Result<>(value, error)).thenApply(Results::new);
    }

    /** Items that are only looked up. What is asked for again is answered with what was found before: it costs no more. */
    static <T, R, O> List<O> read(List<T> items, Function<T, R> look, BiFunction<R, WireError, O> make) {
        List<O> answers = new ArrayList<>(items.size());
        Map<T, O> known = new HashMap<>();
        for (T item : items) {
            O answer = known.get(item);
            if (answer == null) {
                answer = one(item, look, make);
                known.put(item, answer);
            }
            answers.add(answer);
        }
        return answers;
    }

    private static <T, R, O> O one(T item, Function<T, R> look, BiFunction<R, WireError, O> make) {
        R value = null;
        WireError error = null;
        try {
            value = look.apply(there(item));
        } catch (RuntimeException failure) {
            error = error(failure);
        }
        return make.apply(value, error);
    }

    /**
     * Items of which each makes any number of answers. One that makes many of them is refused when it is there again: it would make
     * them all again.
     */
    static <T, O> List<O> spread(List<T> items, Function<T, List<O>> look, BiFunction<T, WireError, O> refused) {
        List<O> answers = new ArrayList<>();
        Map<T, List<O>> known = new HashMap<>();
        for (T item : items) {
            try {
                List<O> before = known.get(there(item));
                if (before != null && before.size() > 1) {
                    throw Problem.notValid("an item is there more than once");
                }
                List<O> made = before == null ? look.apply(item) : before;
                known.put(item, made);
                answers.addAll(made);
            } catch (RuntimeException failure) {
                answers.add(refused.apply(item, error(failure)));
            }
        }
        return answers;
    }

    /** Refuses a call of which each item costs much, when there are too many. */
    static <T> List<T> few(int most, List<T> items) {
        if (items.size() > most) {
            throw Problem.refuse(
                    Code.QUOTA_LIMIT_EXCEEDED, "too many items in one call: %d, at most %d", items.size(), most);
        }
        return items;
    }

    static <T, R> Results<R> readResults(List<T> items, Function<T, R> look) {
        return new Results<>(read(items, look, (value, error) -> new Result<>(value, error)));
    }

    private static <T> T there(T item) {
        if (item == null) {
            throw Problem.refuse(Code.BAD_REQUEST, "bad request: an item is null");
        }
        return item;
    }

    static WireError error(Throwable failure) {
        Problem problem = Refused.of(failure);
        if (problem != null) {
            return Errors.of(problem);
        }
        // Not a refusal: a bug. The client gets a line, the log gets the place.
        LOG.error("an item of a request failed", failure);
        String trace = MDC.get("trace");
        return new WireError(
                "internal error, see the controller's log" + (trace == null ? "" : " for trace " + trace), null, null);
    }

    static CompletionStage<Void> refused(Refused refusal) {
        return CompletableFuture.failedFuture(refusal);
    }
}
