package org.isthmus.itests.benchmark;

/** A controller with many models: each of them loaded, as at its start; and one more model. */
final class ManyModels implements Figure {
    private static final int FEW = 100;
    private static final int MANY = 1000;
    private static final int ROUNDS = 7;
    private static final int AT_ONCE = 10;

    @Override
    public void measure(Report report) throws Exception {
        try (Site few = new Site("few-models");
                Site many = new Site("many-models")) {
            fill(few, FEW);
            fill(many, MANY);
            Rounds.inTurns(2, few::reopen, many::reopen);
            Rounds[] loaded = Rounds.inTurns(ROUNDS, few::reopen, many::reopen);
            report.compare("loading one model at the start, of 1000", "%.0f us", 1e6, loaded[1], "of 100", loaded[0]);
            Rounds.Measure addFew = Rounds.secondsEach(AT_ONCE, () -> add(few));
            Rounds.Measure addMany = Rounds.secondsEach(AT_ONCE, () -> add(many));
            Rounds.inTurns(1, addFew, addMany);
            Rounds[] added = Rounds.inTurns(ROUNDS, addFew, addMany);
            report.compare("one more model, of 1000, durable", "%.2f ms", 1e3, added[1], "of 100", added[0]);
        }
    }

    private static void fill(Site site, int models) throws Exception {
        for (int i = 0; i < models; i++) {
            add(site);
        }
    }

    private static void add(Site site) throws Exception {
        site.newModel("m" + site.store().models().size());
    }
}
