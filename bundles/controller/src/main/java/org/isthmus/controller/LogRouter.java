package org.isthmus.controller;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.isthmus.model.store.Logs;
import org.ops4j.pax.logging.spi.PaxAppender;
import org.ops4j.pax.logging.spi.PaxLoggingEvent;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Puts what this container logs about a controller or one of its models into that controller's debug log, by the MDC of the
 * line: lines about a model under the model, all others under the controller's own model. A line that is not signed is the
 * container's own, which several controllers may share: no controller's people read it.
 */
@Component(service = PaxAppender.class, property = "org.ops4j.pax.logging.appender.name=isthmus")
public final class LogRouter implements PaxAppender {
    private static final String OURS = "org.isthmus.";

    private final HostComponent host;

    @Activate
    public LogRouter(@Reference HostComponent host) {
        this.host = host;
    }

    @Override
    public void doAppend(PaxLoggingEvent event) {
        if (!event.getLoggerName().startsWith(OURS)) {
            return;
        }
        Map<?, ?> mdc = event.getProperties();
        Object controller = mdc == null ? null : mdc.get("controller");
        if (controller == null) {
            return;
        }
        for (RunningController running : host.host().running()) {
            if (controller.equals(running.uuid())) {
                Object model = mdc.get("model");
                append(running, model == null ? null : model.toString(), event);
            }
        }
    }

    private static void append(RunningController controller, String model, PaxLoggingEvent event) {
        boolean known = model != null && !model.isEmpty() && !model.equals(controller.uuid());
        String target = known ? model : controller.controllerModel();
        if (target != null) {
            controller.logs().append(line(target, event));
        }
    }

    private static Logs.Line line(String model, PaxLoggingEvent event) {
        StringBuilder message = new StringBuilder(String.valueOf(event.getMessage()));
        String[] trace = event.getThrowableStrRep();
        if (trace != null) {
            for (String frame : trace) {
                message.append('\n').append(frame);
            }
        }
        return new Logs.Line(
                Instant.ofEpochMilli(event.getTimeStamp()),
                model,
                "machine-0",
                level(event),
                "juju." + event.getLoggerName().substring(OURS.length()).toLowerCase(Locale.ROOT),
                "",
                new ArrayList<>(List.of()),
                message.toString());
    }

    private static String level(PaxLoggingEvent event) {
        String level = event.getLevel().toString();
        return level.equals("WARN") ? "WARNING" : level;
    }
}
