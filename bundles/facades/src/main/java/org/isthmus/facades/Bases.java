package org.isthmus.facades;

import java.util.List;
import java.util.Map;
import org.isthmus.api.Base;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.charm.Charm;

/** Which operating systems a charm says it runs on. */
final class Bases {
    private static final Base FALLBACK = new Base("ubuntu", "22.04");

    private static final Map<String, String> SERIES = Map.of(
            "trusty", "14.04", "xenial", "16.04", "bionic", "18.04", "focal", "20.04", "jammy", "22.04", "noble",
            "24.04");

    private Bases() {}

    /** Empty where the charm says nothing. */
    static List<Base> of(Charm charm) {
        if (!charm.manifest().bases().isEmpty()) {
            return charm.manifest().bases().stream()
                    .map(b -> new Base(b.name(), withoutRisk(b.channel())))
                    .distinct()
                    .toList();
        }
        return charm.metadata().series().stream()
                .filter(SERIES::containsKey)
                .map(s -> new Base("ubuntu", SERIES.get(s)))
                .toList();
    }

    /** The asked base if the charm runs there, else the model's default if it does, else the charm's first. */
    static Base choose(Base asked, Charm charm, Object modelDefault, boolean force) {
        List<Base> supported = of(charm);
        if (asked != null) {
            if (!force && !supported.isEmpty() && !supported.contains(asked)) {
                throw Problem.refuse(
                        Code.INCOMPATIBLE_BASE,
                        "base \"%s\" is not supported, supported bases are: %s",
                        asked,
                        String.join(", ", supported.stream().map(Base::toString).toList()));
            }
            return asked;
        }
        String text = modelDefault == null ? "" : modelDefault.toString();
        if (text.contains("@") && !text.endsWith("@")) {
            Base base = Base.parse(text);
            base = new Base(base.name(), withoutRisk(base.channel()));
            if (supported.isEmpty() || supported.contains(base)) {
                return base;
            }
        }
        return supported.isEmpty() ? FALLBACK : supported.get(0);
    }

    private static String withoutRisk(String channel) {
        int slash = channel.indexOf('/');
        return slash < 0 ? channel : channel.substring(0, slash);
    }
}
