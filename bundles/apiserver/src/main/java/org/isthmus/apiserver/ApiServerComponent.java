package org.isthmus.apiserver;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.isthmus.rpc.ApiServerFactory;
import org.isthmus.rpc.ControllerContext;
import org.isthmus.rpc.FacadeSet;
import org.isthmus.rpc.Metrics;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The service. Facade sets come and go; each says by `isthmus.facades` whose place it takes. */
@Component(service = ApiServerFactory.class)
public final class ApiServerComponent implements ApiServerFactory {
    private final ApiServers servers = new ApiServers();

    @Activate
    public ApiServerComponent() {}

    @Deactivate
    void deactivate() {
        servers.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindFacades(FacadeSet set, Map<String, Object> properties) {
        servers.bind(key(set, properties), set);
    }

    void unbindFacades(FacadeSet set, Map<String, Object> properties) {
        servers.unbind(key(set, properties), set);
    }

    private static String key(FacadeSet set, Map<String, Object> properties) {
        Object key = properties.get("isthmus.facades");
        return key == null ? set.getClass().getName() : key.toString();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindMetrics(Metrics source) {
        servers.bind(source);
    }

    void unbindMetrics(Metrics source) {
        servers.unbind(source);
    }

    @Override
    public void createAuthority(Path folder, String controllerName) throws IOException {
        servers.createAuthority(folder, controllerName);
    }

    @Override
    public String caCert(Path folder) throws IOException {
        return servers.caCert(folder);
    }

    @Override
    public ApiServer start(ControllerContext controller, Path folder, String address, int port) throws IOException {
        return servers.start(controller, folder, address, port);
    }
}
