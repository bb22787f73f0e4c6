package org.isthmus.cli.command;

import java.util.List;
import org.isthmus.api.Names;
import org.isthmus.api.OfferUrl;

/** `juju consume`. */
final class ConsumeCommand extends ModelCommand {
    @Override
    int run(Session session) {
        noMoreThan(2);
        if (args.isEmpty()) {
            throw Failure.usage("no remote offer specified");
        }
        OfferUrl url = OfferUrl.parse(args.get(0));
        if (url.endpoint() != null) {
            throw Failure.usage("saas offer \"%s\" shouldn't include endpoint", args.get(0));
        }
        String alias = args.size() == 2 ? args.get(1) : null;
        if (alias != null && !Names.isApplication(alias)) {
            throw Failure.usage("application name \"%s\" not valid", alias);
        }
        Consumer.Consumed consumed = Consumer.consume(session, session.target(model), url, alias);
        session.info("Added %s as %s", consumed.url(), consumed.name());
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? Candidates.offers(session, null) : List.of();
    }
}
