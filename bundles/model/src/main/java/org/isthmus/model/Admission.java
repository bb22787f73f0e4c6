package org.isthmus.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.isthmus.api.Cidr;
import org.isthmus.api.Code;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;

/**
 * From which networks other models may dial into this one: its `saas-ingress-allow`, as it is now. What others say of their
 * networks passes here, whichever side of a relation they are, before it comes near a rule.
 */
public record Admission(List<Cidr> allowed) {
    /** Firewalls take no long lists: more networks than these are merged, and if that is not enough, all that may be are in. */
    private static final int MOST = 20;

    public Admission {
        allowed = List.copyOf(allowed);
    }

    public static Admission of(Snapshot model) {
        Object setting = model.model() == null ? null : model.model().config().get("saas-ingress-allow");
        String text = setting == null ? "" : setting.toString().trim();
        return new Admission(parsed(List.of((text.isEmpty() ? "0.0.0.0/0,::/0" : text).split("\\s*,\\s*"))));
    }

    /** What units of this application say by a relation of where they dial from. */
    public static List<String> said(Snapshot model, String relation, String application) {
        List<String> networks = new ArrayList<>();
        for (RelationUnit unit : model.by(Kinds.RELATION_UNITS_IN_SCOPE, relation)) {
            if (Names.applicationOf(unit.unit()).equals(application)) {
                String said = unit.settings().getOrDefault("egress-subnets", "");
                networks.addAll(Arrays.stream(said.split(","))
                        .map(String::trim)
                        .filter(network -> !network.isEmpty())
                        .toList());
            }
        }
        return networks;
    }

    /** What is no network admits nothing, and is none to be admitted. */
    private static List<Cidr> parsed(Collection<String> texts) {
        return texts.stream()
                .map(Admission::parsed)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private static Cidr parsed(String text) {
        try {
            return Cidr.parse(text);
        } catch (Refused malformed) {
            return null;
        }
    }

    /** That part of these networks which may dial in, few and in order. */
    public List<String> admitted(Collection<String> networks) {
        List<Cidr> in = new ArrayList<>();
        for (Cidr wanted : parsed(networks)) {
            for (Cidr each : allowed) {
                Cidr common = wanted.common(each);
                if (common != null) {
                    in.add(common);
                }
            }
        }
        return few(in).stream().map(Cidr::toString).distinct().sorted().toList();
    }

    private List<Cidr> few(List<Cidr> in) {
        if (in.stream().distinct().count() <= MOST) {
            return in;
        }
        List<Cidr> merged = Cidr.merged(in);
        return merged.size() > MOST ? allowed : merged;
    }

    /** Why the first that may not dial in as it is may not; null where all may. */
    public Refused refusal(Collection<String> networks) {
        for (String network : networks) {
            try {
                Cidr wanted = Cidr.parse(network);
                if (allowed.stream().noneMatch(each -> each.contains(wanted))) {
                    return Problem.refuse(Code.FORBIDDEN, "subnet %s not in firewall allowlist", network);
                }
            } catch (Refused malformed) {
                return malformed;
            }
        }
        return null;
    }
}
