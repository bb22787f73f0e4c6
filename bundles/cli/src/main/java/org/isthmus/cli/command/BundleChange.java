package org.isthmus.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Constraints;

/** One step towards what a bundle says. */
sealed interface BundleChange {
    /** The line that is printed for it. */
    String line();

    record Consume(String name, String url) implements BundleChange {
        @Override
        public String line() {
            return "consume offer " + name + " at " + url;
        }
    }

    record Upload(Path charm) implements BundleChange {
        @Override
        public String line() {
            return "upload charm " + charm;
        }
    }

    /** Without any unit. */
    record Deploy(BundleFile.Application application) implements BundleChange {
        @Override
        public String line() {
            String name = application.name();
            String charm = application.path() != null || name.equals(application.charm())
                    ? ""
                    : " using " + application.charm();
            String from = application.path() == null ? " from charm-hub" : " from " + application.path();
            return "deploy application " + name + from
                    + (application.base() == null ? "" : " on " + String.join("@", Bases.parse(application.base())))
                    + (application.channel() == null ? "" : " with " + application.channel())
                    + charm;
        }
    }

    record Options(String application, Map<String, Object> options, boolean trust) implements BundleChange {
        @Override
        public String line() {
            return "set application options for " + application;
        }
    }

    record Constrain(String application, Constraints constraints) implements BundleChange {
        @Override
        public String line() {
            return "set constraints for " + application + " to \"" + constraints + "\"";
        }
    }

    /** @param endpoints empty for all of them, to everybody */
    record Expose(String application, Map<String, BundleFile.Exposed> endpoints) implements BundleChange {
        @Override
        public String line() {
            return endpoints.isEmpty()
                    ? "expose all endpoints of " + application + " and allow access from CIDRs 0.0.0.0/0 and ::/0"
                    : "override expose settings for endpoints "
                            + String.join(
                                    ",",
                                    endpoints.keySet().stream()
                                            .map(e -> e.isEmpty() ? "\"\"" : e)
                                            .toList())
                            + " of " + application;
        }
    }

    record Annotate(String application, Map<String, String> annotations) implements BundleChange {
        @Override
        public String line() {
            return "set annotations for " + application;
        }
    }

    /** @param application the first that has a unit there: the machine gets its base unless one is said */
    record AddMachine(BundleFile.Machine machine, String application) implements BundleChange {
        @Override
        public String line() {
            return "add new machine " + machine.id();
        }
    }

    /**
     * @param bundleMachine the machine's id in the bundle where this plan makes it, or null
     * @param machine one that is there, or null; a machine of its own where both are
     */
    record AddUnit(String application, String unit, String bundleMachine, String machine) implements BundleChange {
        @Override
        public String line() {
            String to = machine != null
                    ? "existing machine " + machine
                    : bundleMachine != null ? "new machine " + bundleMachine : "new machine";
            return "add unit " + unit + " to " + to;
        }
    }

    record Relate(String left, String right) implements BundleChange {
        @Override
        public String line() {
            return "add relation " + left + " - " + right;
        }
    }

    record MakeOffer(String name, String application, List<String> endpoints) implements BundleChange {
        @Override
        public String line() {
            return "create offer " + name + " using " + application + ":" + String.join(",", endpoints);
        }
    }

    record Grant(String user, String access, String offer) implements BundleChange {
        @Override
        public String line() {
            return "grant user " + user + " " + access + " access to offer " + offer;
        }
    }
}
