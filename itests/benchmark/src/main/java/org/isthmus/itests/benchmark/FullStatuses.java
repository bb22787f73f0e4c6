package org.isthmus.itests.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.isthmus.api.Address;
import org.isthmus.api.Base;
import org.isthmus.api.Constraints;
import org.isthmus.api.Hardware;
import org.isthmus.facades.ClientFacades;
import org.isthmus.model.Application.CharmOrigin;
import org.isthmus.model.CharmRecord;
import org.isthmus.model.StatusValue;
import org.isthmus.model.Tx;
import org.isthmus.model.engine.ApplicationEngine;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.Json;
import org.isthmus.wire.FullStatus;

/** `Client.FullStatus` of 50 applications with 2500 units on 300 machines, beside the encoding of its own answer. */
final class FullStatuses implements Figure {
    static final Base BASE = new Base("ubuntu", "22.04/stable");
    private static final int APPLICATIONS = 50;
    private static final int UNITS = 50;
    private static final int MACHINES = 300;
    private static final int ROUNDS = 31;

    @Override
    public void measure(Report report) throws Exception {
        ObjectMapper json = Json.newMapper();
        try (Site site = new Site("status");
                Closing<ClientFacades> facades = new Closing<>(new ClientFacades(), ClientFacades::close)) {
            Documents small = site.newModel("small");
            fill(site, small, 5, 10, 10);
            Documents large = site.newModel("large");
            fill(site, large, APPLICATIONS, UNITS, MACHINES);
            SiteCall.Asked fullStatus = SiteCall.find(facades.value(), "Client", "FullStatus");
            SiteCall call = new SiteCall(site, large);
            FullStatus answer = (FullStatus) fullStatus.ask(call, null);
            int bytes = json.writeValueAsBytes(answer).length;
            Rounds.Measure whole = Rounds.seconds(() -> json.writeValueAsBytes(fullStatus.ask(call, null)));
            Rounds.Measure encode = Rounds.seconds(() -> json.writeValueAsBytes(answer));
            Rounds.inTurns(ROUNDS, whole, encode);
            Rounds[] both = Rounds.inTurns(ROUNDS, whole, encode);
            report.compare(
                    "FullStatus, 50 applications, 2500 units, 300 machines",
                    "%.1f ms",
                    1000,
                    both[0],
                    "encoding its " + bytes / 1024 + " KiB",
                    both[1]);
            SiteCall few = new SiteCall(site, small);
            Rounds[] each = Rounds.inTurns(
                    ROUNDS,
                    () -> whole.once() / (APPLICATIONS * UNITS),
                    () -> Rounds.secondsEach(50, () -> json.writeValueAsBytes(fullStatus.ask(few, null)))
                                    .once()
                            / 50);
            report.compare("FullStatus, one unit of 2500", "%.2f us", 1e6, each[0], "one unit of 50", each[1]);
        }
    }

    /** Applications in a ring of relations, their units spread over machines that run. */
    static void fill(Site site, Documents model, int applications, int units, int machines) throws Exception {
        Site.get(model.submit(tx -> {
            ApplicationEngine engine = site.applicationEngine;
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < machines; i++) {
                ids.add(engine.addMachine(
                        tx, new ApplicationEngine.AddMachine(BASE, Constraints.NONE, null, Site.NOW)));
            }
            for (int i = 0; i < machines; i++) {
                start(site, tx, ids.get(i), i);
            }
            for (int i = 0; i < applications; i++) {
                deploy(site, tx, "app" + i);
                List<ApplicationEngine.Placement> placement = new ArrayList<>();
                for (int unit = 0; unit < units; unit++) {
                    placement.add(new ApplicationEngine.Placement("#", ids.get((i * units + unit) % machines)));
                }
                for (String unit :
                        engine.addUnits(tx, new ApplicationEngine.AddUnits("app" + i, units, placement, Site.NOW))) {
                    engine.setUnitStatus(tx, unit, new StatusValue("active", "it runs well", Site.NOW));
                    engine.setUnitAgentStatus(tx, unit, new StatusValue("idle", "", Site.NOW));
                }
            }
            for (int i = 0; i < applications; i++) {
                site.relationEngine.addRelation(
                        tx, List.of("app" + i + ":back", "app" + (i + 1) % applications + ":front"), null, Site.NOW);
            }
            return null;
        }));
    }

    static void deploy(Site site, Tx tx, String name) {
        CharmRecord charm = Site.charm(name);
        site.applicationEngine.addCharm(tx, charm);
        site.applicationEngine.deploy(
                tx,
                new ApplicationEngine.Deploy(
                        name,
                        charm.url(),
                        new CharmOrigin("local", null, null, null, 0, null, null, "amd64", BASE),
                        0,
                        java.util.Map.of(),
                        Constraints.NONE,
                        List.of(),
                        java.util.Map.of(),
                        false,
                        java.util.UUID.randomUUID().toString(),
                        Site.NOW));
        site.relationEngine.addPeers(tx, name, Site.NOW);
    }

    static void start(Site site, Tx tx, String machine, int number) {
        ApplicationEngine engine = site.applicationEngine;
        engine.intendStart(tx, machine, "token-" + machine, "nonce-" + machine, "#");
        String address = "127." + (1 + number / 250) + ".7." + (1 + number % 250);
        engine.provisioned(
                tx,
                machine,
                "instance-" + machine,
                "machine " + machine,
                HARDWARE,
                List.of(new Address(address, "ipv4", "local-cloud")),
                BASE,
                "host-" + machine);
        engine.setInstanceStatus(tx, machine, new StatusValue("running", "", Site.NOW));
        engine.setMachineStatus(tx, machine, new StatusValue("started", "", Site.NOW));
    }

    private static final Hardware HARDWARE =
            new Hardware("amd64", 2L, 4096L, 20480L, "localhost", "process", List.of());
}
