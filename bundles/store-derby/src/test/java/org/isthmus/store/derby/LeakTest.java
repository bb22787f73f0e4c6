package org.isthmus.store.derby;

import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.isthmus.spi.Journal;
import org.isthmus.spi.Journal.Batch;
import org.isthmus.spi.JournalFactory;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A bundle that was used and replaced leaves no thread, no driver and no class loader behind. */
public class LeakTest {
    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    /** As a bundle has it: Derby and this room's classes of its own, the SPI of the house. */
    private static final class BundleLoader extends URLClassLoader {
        private BundleLoader(URL[] jars, ClassLoader house) {
            super(jars, house);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.apache.derby.") || name.startsWith("org.isthmus.store.derby.")) {
                synchronized (getClassLoadingLock(name)) {
                    Class<?> loaded = findLoadedClass(name);
                    return loaded == null ? findClass(name) : loaded;
                }
            }
            return super.loadClass(name, resolve);
        }
    }

    @Test
    public void nothingStaysBehind() throws Exception {
        WeakReference<ClassLoader> loader = use(temporary.getRoot().toPath().resolve("journal"));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (loader.get() != null && System.nanoTime() < end) {
            System.gc();
            Thread.onSpinWait();
        }
        assertNull("threads: " + Thread.getAllStackTraces().keySet(), loader.get());
        DriverManager.drivers()
                .forEach(driver -> assertTrue(
                        driver.toString(),
                        driver.getClass().getClassLoader() == getClass().getClassLoader()));
    }

    private static WeakReference<ClassLoader> use(Path folder) throws Exception {
        List<URL> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            jars.add(new File(entry).toURI().toURL());
        }
        BundleLoader bundle = new BundleLoader(jars.toArray(URL[]::new), LeakTest.class.getClassLoader());
        Object factory =
                bundle.loadClass(DerbyJournals.class.getName()).getConstructor().newInstance();
        assertTrue(factory.getClass() != DerbyJournals.class);
        try (Journal journal = ((JournalFactory) factory).open(folder, true)) {
            journal.append(List.of(new Batch("m", 1, 0, 1, List.of(DerbyJournalTest.row("a", 1, "x")), null)));
            assertTrue(DerbyJournalTest.load(journal, "m").containsKey("a"));
        }
        factory.getClass().getMethod("close").invoke(factory);
        bundle.close();
        return new WeakReference<>(bundle);
    }
}
