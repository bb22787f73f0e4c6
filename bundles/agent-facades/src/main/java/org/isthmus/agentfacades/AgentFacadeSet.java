package org.isthmus.agentfacades;

import java.util.List;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.rpc.HttpRoute;
import org.osgi.service.component.annotations.Component;

/** The service: every facade for agents, and the route by which they fetch charms. */
@Component(service = FacadeSet.class, property = "isthmus.facades=agent")
public final class AgentFacadeSet implements FacadeSet {
    private final Watched watched = new Watched();

    @Override
    public List<Object> facades() {
        return List.of(
                new AgentFacade(),
                new MachinerFacade(),
                new DeployerFacade(watched),
                new MachineStateWatcherFacade(watched),
                new UniterFacade(watched),
                new UnitStateWatcherFacade(watched),
                new LeadershipServiceFacade(),
                new LoggerFacade());
    }

    @Override
    public List<HttpRoute> routes() {
        return List.of(new UnitCharmRoute());
    }
}
