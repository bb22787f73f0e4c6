package org.isthmus.controller;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** One configuration `org.isthmus.controller~UUID` is one controller. Only submits; the host does the work. */
@Component(
        service = ConfiguredController.class,
        immediate = true,
        configurationPid = "org.isthmus.controller",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ConfiguredController {

    /** The settings of one controller; all else lives in its store. */
    public @interface Settings {
        /** UUID of the controller. */
        String uuid();

        String name();

        /** Below `$ISTHMUS_BASE`, or absolute. */
        String folder();

        /** Address that its API listens on. */
        String bind() default "127.0.0.1";
    }

    private final Host host;
    private final String uuid;

    @Activate
    public ConfiguredController(@Reference HostComponent component, Settings settings) {
        this.host = component.host();
        this.uuid = settings.uuid();
        host.configured(settings.uuid(), settings.name(), settings.folder(), settings.bind());
    }

    @Deactivate
    void deactivate() {
        host.unconfigured(uuid);
    }
}
