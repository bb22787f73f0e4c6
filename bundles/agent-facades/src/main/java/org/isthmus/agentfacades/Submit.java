package org.isthmus.agentfacades;

import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.RelationEngine;
import org.isthmus.rpc.Call;

/** Takes the plugs first, then enters the writer: in that order only. */
final class Submit {
    private Submit() {}

    interface Decision<R> {
        R decide(ApplicationEngine applications, RelationEngine relations, Tx tx);
    }

    static <R> CompletionStage<R> applications(Call call, BiFunction<ApplicationEngine, Tx, R> decision) {
        return call.controller()
                .applications()
                .call(applications -> call.submit(tx -> decision.apply(applications, tx)));
    }

    /** For what is known by a number of its own when it comes again. */
    static <R> CompletionStage<R> numbered(Call call, Decision<R> decision) {
        return call.controller().applications().call(applications -> call.controller()
                .relations()
                .call(relations -> call.step(tx -> decision.decide(applications, relations, tx))));
    }

    static <R> CompletionStage<R> both(Call call, Decision<R> decision) {
        return call.controller().applications().call(applications -> call.controller()
                .relations()
                .call(relations -> call.submit(tx -> decision.decide(applications, relations, tx))));
    }
}
