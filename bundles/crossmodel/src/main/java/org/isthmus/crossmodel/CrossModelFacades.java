package org.isthmus.crossmodel;

import java.util.List;
import org.isthmus.rpc.FacadeSet;
import org.osgi.service.component.annotations.Component;

/** The offering side's doors. */
@Component(service = FacadeSet.class, property = "isthmus.facades=crossmodel")
public final class CrossModelFacades implements FacadeSet {
    private final List<Object> facades =
            List.of(new CrossModelRelationsFacade(), new RemoteRelationWatcherFacade(), new OfferStatusWatcherFacade());

    @Override
    public List<Object> facades() {
        return facades;
    }
}
