package org.isthmus.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.isthmus.api.Names;

/**
 * What must be done so that a model has what a bundle says; empty where it has. Nothing is ever taken away.
 *
 * @param errors why the bundle does not fit what is there
 */
record BundlePlan(List<BundleChange> changes, List<String> errors) {
    private static final List<String> RANKS = List.of("read", "consume", "admin");

    /** @param url makes one spelling of the many that an offer's URL has */
    static BundlePlan of(BundleFile bundle, BundleExisting now, UnaryOperator<String> url) {
        return new Planner(bundle, now, url).plan();
    }

    private static final class Planner {
        private final BundleFile bundle;
        private final BundleExisting now;
        private final UnaryOperator<String> url;
        private final List<BundleChange> changes = new ArrayList<>();
        private final List<String> errors = new ArrayList<>();
        /** A SAAS of the bundle that the model knows by another name. */
        private final Map<String, String> aliases = new LinkedHashMap<>();

        Planner(BundleFile bundle, BundleExisting now, UnaryOperator<String> url) {
            this.bundle = bundle;
            this.now = now;
            this.url = url;
        }

        BundlePlan plan() {
            bundle.saas().forEach(this::consume);
            Set<Path> uploaded = new LinkedHashSet<>();
            for (BundleFile.Application application : bundle.applications().values()) {
                BundleExisting.Application there = now.applications().get(application.name());
                if (now.saas().containsKey(application.name())) {
                    error("application \"%s\": the model has a SAAS of that name", application.name());
                } else if (there == null) {
                    if (application.path() != null && uploaded.add(application.path())) {
                        changes.add(new BundleChange.Upload(application.path()));
                    }
                    changes.add(new BundleChange.Deploy(application));
                } else {
                    fits(application, there);
                    settle(application, there);
                }
                expose(application, there);
                annotate(application, there);
            }
            units();
            bundle.relations().forEach(this::relate);
            bundle.applications().values().forEach(this::offer);
            return new BundlePlan(List.copyOf(changes), List.copyOf(errors));
        }

        private void error(String message, Object... args) {
            errors.add(String.format(message, args));
        }

        private void consume(String name, String written) {
            String wanted = url.apply(written);
            BundleExisting.Saas there = now.saas().get(name);
            if (now.applications().containsKey(name)) {
                error("SAAS \"%s\": the model has an application of that name", name);
            } else if (there != null && !there.terminated()) {
                if (!there.url().equals(wanted)) {
                    error("SAAS \"%s\" is of the offer %s already, not of %s", name, there.url(), wanted);
                }
            } else {
                String other = there != null
                        ? null
                        : now.saas().entrySet().stream()
                                .filter(e -> !e.getValue().terminated()
                                        && e.getValue().url().equals(wanted))
                                .map(Map.Entry::getKey)
                                .findFirst()
                                .orElse(null);
                if (other != null) {
                    aliases.put(name, other);
                } else {
                    changes.add(new BundleChange.Consume(name, written));
                }
            }
        }

        private void fits(BundleFile.Application wanted, BundleExisting.Application there) {
            if (there.life().equals("dying") || there.life().equals("dead")) {
                error("application \"%s\" is %s: try again when it is removed", wanted.name(), there.life());
            }
            if (wanted.charm() != null
                    && (!wanted.charmName().equals(there.charm())
                            || wanted.revision() >= 0 && wanted.revision() != there.revision())) {
                error(
                        "application \"%s\" runs charm \"%s\", revision %d, not \"%s\"%s: changing it is not supported by this version",
                        wanted.name(),
                        there.charm(),
                        there.revision(),
                        wanted.charmName(),
                        wanted.revision() >= 0 ? ", revision " + wanted.revision() : "");
            }
        }

        private void settle(BundleFile.Application wanted, BundleExisting.Application there) {
            Map<String, Object> options = new LinkedHashMap<>();
            wanted.options().forEach((key, value) -> {
                if (!same(value, there.facts().options().get(key))) {
                    options.put(key, value);
                }
            });
            boolean trust = wanted.trust() && !there.facts().trust();
            if (!options.isEmpty() || trust) {
                changes.add(new BundleChange.Options(wanted.name(), options, trust));
            }
            if (wanted.constraints() != null
                    && !wanted.constraints().equals(there.facts().constraints())) {
                changes.add(new BundleChange.Constrain(wanted.name(), wanted.constraints()));
            }
        }

        private static boolean same(Object wanted, JsonNode there) {
            if (there == null || there.isNull() || there.isMissingNode()) {
                return wanted.toString().isEmpty();
            }
            if (wanted.toString().equals(there.asText())) {
                return true;
            }
            try {
                return there.isNumber() && new BigDecimal(wanted.toString()).compareTo(there.decimalValue()) == 0;
            } catch (NumberFormatException notANumber) {
                return false;
            }
        }

        private void expose(BundleFile.Application wanted, BundleExisting.Application there) {
            boolean asked = wanted.expose() && (there == null || !there.exposed());
            // What is exposed beyond the bundle's wish stays so.
            boolean differs = !wanted.exposed().isEmpty()
                    && (there == null
                            || !there.exposed()
                            || wanted.exposed().entrySet().stream()
                                    .anyMatch(e -> !alike(
                                            e.getValue(), there.endpoints().get(e.getKey()))));
            if (asked || differs) {
                changes.add(new BundleChange.Expose(wanted.name(), wanted.exposed()));
            }
        }

        /** The server writes "to everybody" out. */
        private static boolean alike(BundleFile.Exposed wanted, BundleFile.Exposed there) {
            if (there == null) {
                return false;
            }
            Set<String> cidrs = new TreeSet<>(wanted.cidrs());
            if (cidrs.isEmpty() && wanted.spaces().isEmpty() && !there.cidrs().isEmpty()) {
                cidrs.addAll(List.of("0.0.0.0/0", "::/0"));
            }
            return cidrs.equals(new TreeSet<>(there.cidrs()))
                    && new TreeSet<>(wanted.spaces()).equals(new TreeSet<>(there.spaces()));
        }

        private void annotate(BundleFile.Application wanted, BundleExisting.Application there) {
            Map<String, String> missing = new LinkedHashMap<>(wanted.annotations());
            if (there != null) {
                missing.entrySet().removeIf(e -> e.getValue()
                        .equals(there.facts().annotations().getOrDefault(e.getKey(), "")));
            }
            if (!missing.isEmpty()) {
                changes.add(new BundleChange.Annotate(wanted.name(), missing));
            }
        }

        /** A machine of the bundle is the one that holds a unit which the bundle puts there. */
        private void units() {
            Map<String, String> machines = new LinkedHashMap<>();
            for (BundleFile.Application application : bundle.applications().values()) {
                List<String> at = machinesOf(application.name());
                for (int i = 0; i < Math.min(at.size(), application.units()); i++) {
                    String to = application.placement(i);
                    if (!to.equals("new") && !at.get(i).isEmpty()) {
                        machines.putIfAbsent(to, at.get(i));
                    }
                }
            }
            Set<String> made = new LinkedHashSet<>();
            for (BundleFile.Application application : bundle.applications().values()) {
                int have = machinesOf(application.name()).size();
                int number = next(application.name());
                for (int i = have; i < application.units(); i++) {
                    String to = application.placement(i);
                    String machine = machines.get(to);
                    boolean own = to.equals("new");
                    // Right before its first unit: where that fails, no empty machines stay behind.
                    if (!own && machine == null && made.add(to)) {
                        changes.add(
                                new BundleChange.AddMachine(bundle.machines().get(to), application.name()));
                    }
                    changes.add(new BundleChange.AddUnit(
                            application.name(),
                            application.name() + "/" + (number + i - have),
                            own || machine != null ? null : to,
                            machine));
                }
            }
        }

        private List<String> machinesOf(String application) {
            BundleExisting.Application there = now.applications().get(application);
            return there == null ? List.of() : List.copyOf(there.units().values());
        }

        private int next(String application) {
            BundleExisting.Application there = now.applications().get(application);
            return there == null
                    ? 0
                    : there.units().keySet().stream()
                                    .mapToInt(Names::numberOf)
                                    .max()
                                    .orElse(-1)
                            + 1;
        }

        private void relate(BundleFile.Relation relation) {
            String left = known(relation.left());
            String right = known(relation.right());
            boolean there = now.relations().stream()
                    .anyMatch(r -> covers(left, r.left()) && covers(right, r.right())
                            || covers(left, r.right()) && covers(right, r.left()));
            if (!there) {
                changes.add(new BundleChange.Relate(left, right));
            }
        }

        private String known(String side) {
            String name = BundleFile.Relation.application(side);
            return aliases.getOrDefault(name, name) + side.substring(name.length());
        }

        /** Whether what is asked for, perhaps without an endpoint, is this side of a relation. */
        private static boolean covers(String asked, String side) {
            return asked.equals(side) || side.startsWith(asked + ":");
        }

        private void offer(BundleFile.Application application) {
            application.offers().forEach((name, offer) -> {
                BundleExisting.Offer there = now.offers().get(name);
                if (there != null && !there.application().equals(application.name())) {
                    error(
                            "offer \"%s\" is of application \"%s\" already, not of \"%s\"",
                            name, there.application(), application.name());
                    return;
                }
                if (there == null || !there.endpoints().equals(new TreeSet<>(offer.endpoints()))) {
                    changes.add(new BundleChange.MakeOffer(name, application.name(), offer.endpoints()));
                }
                offer.acl().forEach((user, access) -> {
                    String has = there == null ? "" : there.acl().getOrDefault(user, "");
                    if (RANKS.indexOf(has) < RANKS.indexOf(access)) {
                        changes.add(new BundleChange.Grant(user, access, name));
                    }
                });
            });
        }
    }
}
