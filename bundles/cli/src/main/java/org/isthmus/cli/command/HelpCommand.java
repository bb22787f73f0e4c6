package org.isthmus.cli.command;

import java.util.List;
import java.util.Map;

/** `juju help`. */
final class HelpCommand extends Command {
    @Override
    int run(Session session) {
        throw new IllegalStateException("shown by the program");
    }

    int show(Session session, Help help) {
        String topic = optional();
        if (topic == null) {
            session.out().print(help.overview());
            return 0;
        }
        Map<String, String> topics = HelpTexts.topics();
        if (topic.equals("commands")) {
            session.out().print(help.commands());
        } else if (topic.equals("topics")) {
            session.print("commands\n" + String.join("\n", topics.keySet()));
        } else if (topics.containsKey(topic)) {
            session.out().print(topics.get(topic));
        } else {
            Catalogue.Entry entry = new Catalogue().find(topic);
            if (entry == null) {
                throw Failure.of("unknown command or topic for %s", topic);
            }
            session.out().print(help.of(entry));
        }
        return 0;
    }

    @Override
    List<String> complete(Session session) {
        return args.isEmpty() ? new Catalogue().names() : List.of();
    }
}
