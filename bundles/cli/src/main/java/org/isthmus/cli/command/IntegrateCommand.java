package org.isthmus.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.isthmus.api.Cidr;
import org.isthmus.api.Code;
import org.isthmus.api.OfferUrl;
import org.isthmus.api.Problem;
import org.isthmus.api.Refused;
import picocli.CommandLine.Option;

/** `juju integrate`, `relate`, `add-relation`. */
final class IntegrateCommand extends ModelCommand {
    static final Pattern ENDPOINT = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*(:[a-zA-Z0-9_-]+)?");
    private static final Pattern TERMINATED = Pattern.compile("remote offer (\\S+) is terminated");
    private static final Pattern DYING = Pattern.compile("relation (\\S+ \\S+) is dying, but not yet removed");
    private static final Pattern DYING_SAAS = Pattern.compile("saas application \"([^\"]+)\": .* is not alive");

    @Option(
            names = "--via",
            paramLabel = "CIDRS",
            description = "For cross model integrations, specify the egress subnets for outbound traffic")
    String via;

    /** What the line says: endpoints of this model, and at most one offer, in its place among them. */
    record Sides(List<String> local, OfferUrl remote, int remoteAt) {
        static Sides parse(List<String> args) {
            if (args.size() != 2) {
                throw Failure.usage("an integration must involve two applications");
            }
            List<String> local = new ArrayList<>();
            OfferUrl remote = null;
            int at = -1;
            for (int i = 0; i < 2; i++) {
                String arg = args.get(i);
                if (OfferUrl.looksLikeOne(arg)) {
                    if (remote != null) {
                        throw Failure.usage("providing more than one remote endpoints not supported");
                    }
                    remote = OfferUrl.parse(arg);
                    at = i;
                } else if (ENDPOINT.matcher(arg).matches()) {
                    local.add(arg);
                } else if (OfferUrl.looksLikeOne("c:" + arg)) {
                    // "a:b-c" reads as the offer b-c of a controller a.
                    throw Failure.usage(
                            "endpoint \"%s\" not valid; an endpoint with \"-\" or \"_\" needs the controller as well: <controller>:%s",
                            arg, arg);
                } else {
                    throw Failure.usage("endpoint \"%s\" not valid", arg);
                }
            }
            return new Sides(List.copyOf(local), remote, at);
        }

        /** The pair to relate, the offer being known in the model by this name. */
        List<String> pair(String saas) {
            List<String> pair = new ArrayList<>(local);
            if (remote != null) {
                pair.add(remoteAt, remote.endpoint() == null ? saas : saas + ":" + remote.endpoint());
            }
            return pair;
        }
    }

    @Override
    int run(Session session) {
        Sides sides = Sides.parse(args);
        if (via != null && sides.remote() == null) {
            throw Failure.usage("the --via option can only be used when relating to offers in a different model");
        }
        List<String> networks = cidrs(via);
        Target target = session.target(model);
        try {
            String saas = sides.remote() == null
                    ? null
                    : Consumer.consume(session, target, sides.remote(), null).name();
            session.api(target)
                    .call("Application", "AddRelation", Map.of("endpoints", sides.pair(saas), "via-cidrs", networks));
        } catch (Refused refused) {
            String words = words(refused.problem());
            if (words == null) {
                throw refused;
            }
            throw Failure.of("%s", words);
        }
        return 0;
    }

    /** What the refusal means for whoever typed the line; null where it speaks for itself. */
    static String words(Problem problem) {
        String message = problem.message();
        Matcher terminated = TERMINATED.matcher(message);
        if (terminated.find()) {
            return message + "\n\nUse \"juju remove-saas " + terminated.group(1)
                    + "\" to remove it; then the offer can be consumed again.";
        }
        Matcher dying = DYING.matcher(message);
        if (dying.find()) {
            return message + "\n\nTry again when it is removed; \"juju remove-relation --force "
                    + dying.group(1)
                    + "\" removes it though it does not end by itself.";
        }
        if (problem.code() == Code.ALREADY_EXISTS && message.contains("relation")) {
            return message.replace(": ", "\n") + "\n\nUse \"juju status --relations\" to view the current relations.";
        }
        Matcher saas = DYING_SAAS.matcher(message);
        if (saas.find()) {
            return message + "\n\nTry again when it is removed; \"juju remove-saas --force " + saas.group(1)
                    + "\" removes it though it does not end by itself.";
        }
        if (message.contains("is not alive")) {
            return message + "\n\nTry again when it is removed; \"juju status --relations\" shows what is left of it.";
        }
        return null;
    }

    /** Networks, separated by commas. All of the internet is no answer. */
    static List<String> cidrs(String text) {
        List<String> list = new ArrayList<>();
        for (String each : text == null ? new String[0] : text.split(",")) {
            String cidr = each.strip();
            if (cidr.isEmpty()) {
                continue;
            }
            list.add(network(cidr));
        }
        return list;
    }

    private static String network(String cidr) {
        Cidr block;
        try {
            block = Cidr.block(cidr);
        } catch (Refused malformed) {
            throw Failure.usage("\"%s\" is not a valid CIDR", cidr);
        }
        if (block.bits() == 0) {
            throw Failure.usage("CIDR \"%s\" not allowed", cidr);
        }
        return block.toString();
    }

    @Override
    List<String> complete(Session session) {
        List<String> names = new ArrayList<>(Candidates.applications(session, model));
        names.addAll(Candidates.endpoints(session, model));
        names.addAll(Candidates.offers(session, session.target(model).controller()));
        names.removeAll(args);
        return args.size() < 2 ? names : List.of();
    }
}
