package org.isthmus.itests.benchmark;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.isthmus.agentfacades.AgentFacadeSet;
import org.isthmus.apiserver.ApiServerComponent;
import org.isthmus.facades.ClientFacades;
import org.isthmus.model.engine.ApplicationEngine.AddUnits;
import org.isthmus.model.store.Documents;
import org.isthmus.rpc.ApiServerFactory.ApiServer;
import org.isthmus.rpc.FacadeSet;

/**
 * The server of {@link Agents} in a JVM of its own, so that its heap is its own: the real API server over the real store and
 * engines, and a bare TLS server as the floor. It answers each line of its input by a line.
 */
public final class AgentServer {
    static final String PASSWORD = "a password that is long enough for an agent";

    private AgentServer() {}

    public static void main(String[] args) throws Exception {
        int agents = Integer.parseInt(args[0]);
        Site site = new Site("agents");
        Documents model = site.newModel("agents");
        String hash = site.rights.hashAgentPassword(PASSWORD);
        Site.get(model.submit(tx -> {
            FullStatuses.deploy(site, tx, "app");
            List<String> units = site.applicationEngine.addUnits(tx, new AddUnits("app", agents, List.of(), Site.NOW));
            for (int i = 0; i < agents; i++) {
                FullStatuses.start(site, tx, Integer.toString(i), i);
                site.applicationEngine.setMachinePassword(tx, Integer.toString(i), hash);
                site.applicationEngine.setUnitPassword(tx, units.get(i), hash);
            }
            return null;
        }));
        ApiServerComponent servers = new ApiServerComponent();
        // As the container does it; the door is for the container alone.
        Method bind = ApiServerComponent.class.getDeclaredMethod("bindFacades", FacadeSet.class, Map.class);
        bind.setAccessible(true);
        bind.invoke(servers, new ClientFacades(), Map.of("isthmus.facades", "client"));
        bind.invoke(servers, new AgentFacadeSet(), Map.of("isthmus.facades", "agent"));
        Path authority = site.folder().resolve("tls");
        servers.createAuthority(authority, "figures");
        ApiServer server = servers.start(site, authority, "127.0.0.1", 0);
        List<SSLSocket> bare = new ArrayList<>();
        SSLServerSocket floor = floor(site.folder());
        Thread accepting = new Thread(() -> accept(floor, bare), "floor");
        accepting.setDaemon(true);
        accepting.start();
        Path ca = site.folder().resolve("ca.pem");
        Files.writeString(ca, servers.caCert(authority));
        System.out.println("ready " + server.port() + " " + floor.getLocalPort() + " " + model.id() + " " + ca);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (lines.readLine() != null) {
            System.out.println(Heap.used() + " " + direct() + " " + server.connections() + " " + bare.size());
        }
        server.close();
        site.close();
        System.exit(0);
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static void accept(SSLServerSocket floor, List<SSLSocket> bare) {
        try {
            while (true) {
                SSLSocket socket = (SSLSocket) floor.accept();
                socket.startHandshake();
                socket.getOutputStream().write(socket.getInputStream().read());
                bare.add(socket);
            }
        } catch (java.io.IOException closed) {
            // The figure is measured.
        }
    }

    private static SSLServerSocket floor(Path folder) throws Exception {
        Path store = folder.resolve("floor.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "floor",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=floor",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "floor-floor",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IllegalStateException("keytool failed");
        }
        KeyStore keys = KeyStore.getInstance(store.toFile(), "floor-floor".toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "floor-floor".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1000);
    }
}
