package org.isthmus.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.inject.Inject;
import org.apache.karaf.features.BootFinished;
import org.apache.karaf.features.FeaturesService;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.ProbeBuilder;
import org.ops4j.pax.exam.TestProbeBuilder;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** What must hold in the distribution as it is shipped. One fat class: a container costs ten seconds. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DistributionTest {
    @Inject
    private BundleContext context;

    @Inject
    private FeaturesService features;

    @Inject
    private SessionFactory sessions;

    /** Injected so that the tests begin when the boot features are there. */
    @Inject
    private BootFinished booted;

    @Configuration
    public Option[] container() {
        return ExamContainer.options();
    }

    @ProbeBuilder
    public TestProbeBuilder probe(TestProbeBuilder probe) {
        probe.setHeader(Constants.DYNAMICIMPORT_PACKAGE, "*,org.apache.felix.service.*;status=provisional");
        return probe;
    }

    @Test
    public void everyBundleIsActive() {
        List<String> idle = new ArrayList<>();
        int ours = 0;
        for (Bundle bundle : context.getBundles()) {
            ours += bundle.getSymbolicName().startsWith("org.isthmus.") ? 1 : 0;
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            if (bundle.getState() != (fragment ? Bundle.RESOLVED : Bundle.ACTIVE)) {
                idle.add(bundle.getSymbolicName() + " is in state " + bundle.getState());
            }
        }
        assertEquals(List.of(), idle);
        assertTrue("only " + ours + " bundles of our own", ours > 20);
    }

    @Test
    public void everyComponentIsSatisfied() {
        List<String> waiting = new ArrayList<>();
        // The framework's ssh server is made on a thread of its own, when the boot is over.
        eventually(() -> "components wait: " + waiting, () -> {
            waiting.clear();
            waiting.addAll(unsatisfied());
            return waiting.isEmpty();
        });
    }

    private List<String> unsatisfied() {
        ServiceComponentRuntime runtime = service(ServiceComponentRuntime.class);
        List<String> waiting = new ArrayList<>();
        for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs()) {
            boolean factory = component.configurationPolicy.equals("require");
            if (!component.bundle.symbolicName.startsWith("org.isthmus.") || factory) {
                continue;
            }
            for (ComponentConfigurationDTO made : runtime.getComponentConfigurationDTOs(component)) {
                if (made.state != ComponentConfigurationDTO.ACTIVE
                        && made.state != ComponentConfigurationDTO.SATISFIED) {
                    List<String> missing = new ArrayList<>();
                    for (var reference : made.unsatisfiedReferences) {
                        missing.add(reference.name);
                    }
                    waiting.add(component.name + " waits for " + missing);
                }
            }
        }
        return waiting;
    }

    @Test
    public void theLogHasNoErrors() throws IOException {
        List<String> bad = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(System.getProperty("karaf.log"), "karaf.log"))) {
            if (line.contains("| ERROR |")) {
                bad.add(line);
            }
        }
        assertEquals(List.of(), bad);
    }

    @Test
    public void nobodyHasAPassword() throws IOException {
        for (String line : Files.readAllLines(Path.of(System.getProperty("karaf.etc"), "users.properties"))) {
            assertTrue(line, line.isBlank() || line.startsWith("#"));
        }
        String shell = Files.readString(Path.of(System.getProperty("karaf.etc"), "org.apache.karaf.shell.cfg"));
        assertTrue(shell, shell.contains("127.0.0.1") && shell.contains("publickey"));
    }

    @Test
    public void jujuIsACommandOfTheShell() throws Exception {
        assertNotNull(command("juju"));
        String help = execute("juju help");
        assertTrue(help, help.contains("bootstrap") && help.contains("deploy"));
        assertTrue(execute("juju version").startsWith("3.6."));
    }

    @Test
    public void aProviderLeavesAndReturnsWhileNobodyElseRestarts() throws Exception {
        String name = "isthmus-provider-localhost";
        EnumSet<FeaturesService.Option> quiet = EnumSet.of(FeaturesService.Option.NoAutoRefreshBundles);
        List<String> stopped = new CopyOnWriteArrayList<>();
        BundleListener listener = event -> {
            String bundle = event.getBundle().getSymbolicName();
            if (event.getType() == BundleEvent.STOPPED && !bundle.equals("org.isthmus.provider-localhost")) {
                stopped.add(bundle);
            }
        };
        context.addBundleListener(listener);
        try {
            features.uninstallFeature(name, quiet);
            assertFalse(hasService("org.isthmus.spi.CloudProvider"));
            assertFalse(hasBundle("org.isthmus.provider-localhost"));
            features.installFeature(name, quiet);
            eventually("the provider is back", () -> hasService("org.isthmus.spi.CloudProvider"));
        } finally {
            context.removeBundleListener(listener);
        }
        assertEquals(List.of(), stopped);
    }

    private boolean hasBundle(String name) {
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getSymbolicName().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private boolean hasService(String type) {
        return context.getServiceReference(type) != null;
    }

    private <T> T service(Class<T> type) {
        ServiceReference<T> reference = context.getServiceReference(type);
        assertNotNull("no " + type.getName(), reference);
        return context.getService(reference);
    }

    private Command command(String name) {
        for (Command command : sessions.getRegistry().getCommands()) {
            if (command.getName().equals(name)) {
                return command;
            }
        }
        return null;
    }

    private String execute(String line) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Session session = sessions.create(new ByteArrayInputStream(new byte[0]), out, out);
        try {
            session.execute(line);
        } finally {
            session.close();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void eventually(String what, BooleanSupplier condition) {
        eventually(() -> what, condition);
    }

    private static void eventually(Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("not within 20 s: " + what.get());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
