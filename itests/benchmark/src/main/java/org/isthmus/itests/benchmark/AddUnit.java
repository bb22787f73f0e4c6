package org.isthmus.itests.benchmark;

import java.util.List;
import org.isthmus.model.Snapshot;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.engine.ApplicationEngine.AddUnits;
import org.isthmus.model.engine.ApplicationEngine.Placement;
import org.isthmus.model.store.Documents;

/** One more unit of an application without peers: in a model of 5000 units beside one of 50. */
final class AddUnit implements Figure {
    private static final int FEW = 50;
    private static final int MANY = 5000;
    private static final int ROUNDS = 25;
    private static final int TIMES = 200;

    @Override
    public void measure(Report report) throws Exception {
        try (Site site = new Site("add-unit")) {
            Documents few = model(site, "few", FEW);
            Documents many = model(site, "many", MANY);
            Snapshot small = few.snapshot();
            Snapshot large = many.snapshot();
            Rounds.Measure engineFew = Rounds.secondsEach(TIMES, () -> decide(site, small));
            Rounds.Measure engineMany = Rounds.secondsEach(TIMES, () -> decide(site, large));
            Rounds.inTurns(ROUNDS, engineFew, engineMany);
            Rounds[] engine = Rounds.inTurns(ROUNDS, engineFew, engineMany);
            report.compare("add-unit at 5000 units, engine", "%.1f us", 1e6, engine[1], "at 50 units", engine[0]);

            Rounds.Measure writerFew = Rounds.secondsEach(4, () -> add(site, few));
            Rounds.Measure writerMany = Rounds.secondsEach(4, () -> add(site, many));
            Rounds.inTurns(ROUNDS / 5, writerFew, writerMany);
            Rounds[] writer = Rounds.inTurns(ROUNDS, writerFew, writerMany);
            report.compare("add-unit at 5000 units, durable", "%.2f ms", 1e3, writer[1], "at 50 units", writer[0]);
        }
    }

    private static Documents model(Site site, String name, int units) throws Exception {
        Documents model = site.newModel(name);
        Site.get(model.submit(tx -> {
            FullStatuses.deploy(site, tx, "app");
            for (int left = units; left > 0; left -= ApplicationEngine.MOST_AT_A_TIME) {
                int now = Math.min(left, ApplicationEngine.MOST_AT_A_TIME);
                site.applicationEngine.addUnits(tx, new AddUnits("app", now, List.of(), Site.NOW));
            }
            return null;
        }));
        return model;
    }

    private static void decide(Site site, Snapshot head) {
        Tx tx = Tx.on(head);
        site.applicationEngine.addUnits(tx, new AddUnits("app", 1, List.<Placement>of(), Site.NOW));
        if (tx.changes().isEmpty()) {
            throw new AssertionError("nothing was added");
        }
    }

    private static void add(Site site, Documents model) throws Exception {
        Site.get(model.submit(tx -> site.applicationEngine.addUnits(tx, new AddUnits("app", 1, List.of(), Site.NOW))));
    }
}
