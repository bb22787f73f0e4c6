package org.isthmus.agentfacades;

import java.util.concurrent.CompletionStage;
import org.isthmus.api.Life;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.model.Kinds;
import org.isthmus.model.Unit;
import org.isthmus.model.store.Leases;
import org.isthmus.rpc.Access;
import org.isthmus.rpc.Call;
import org.isthmus.rpc.Facade;
import org.isthmus.rpc.Method;
import org.isthmus.wire.agent.LeadershipAnswer;
import org.isthmus.wire.agent.LeadershipClaim;

/** Units claim and renew the lead of their application. */
@Facade(name = "LeadershipService", since = 2, until = 2)
public final class LeadershipServiceFacade {

    @Method(access = Access.UNIT_AGENT)
    public CompletionStage<LeadershipAnswer> claimLeadership(Call call, LeadershipClaim claim) {
        String unit = Callers.unit(call, claim.unitTag());
        String application = Tag.idOf("application", claim.applicationTag());
        Unit record = call.model().snapshot().need(Kinds.UNIT, unit);
        if (!application.equals(Names.applicationOf(unit)) || record.life() == Life.DEAD) {
            throw Problem.denied();
        }
        return call.controller()
                .store()
                .leases(call.model().id())
                .claim(application, unit)
                .thenApply(leads -> new LeadershipAnswer(leads, leads ? Leases.TERM.toSeconds() : 0));
    }
}
