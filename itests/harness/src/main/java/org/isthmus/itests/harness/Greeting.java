package org.isthmus.itests.harness;

/** Two charms that need nothing but bash: a speaker tells its text to listeners, which show it in their status. */
public final class Greeting {
    private Greeting() {}

    public static CharmFolder speaker(Distribution isthmus) {
        return CharmFolder.in(
                        isthmus.folder("charms/speaker"),
                        """
                        name: speaker
                        summary: Says something
                        description: Tells its text to whoever listens.
                        provides:
                          hello:
                            interface: greeting
                        """)
                .file(
                        "config.yaml",
                        """
                        options:
                          text:
                            type: string
                            default: good morning
                            description: What is said
                        """)
                .hook("install", "status-set maintenance installing\n")
                .hook("start", "status-set active\n")
                .hook(
                        "config-changed",
                        """
                        for id in $(relation-ids hello); do
                          relation-set -r "$id" text="$(config-get text)"
                        done
                        """)
                .hook("hello-relation-joined", "relation-set text=\"$(config-get text)\"\n");
    }

    public static CharmFolder listener(Distribution isthmus) {
        return CharmFolder.in(
                        isthmus.folder("charms/listener"),
                        """
                        name: listener
                        summary: Hears something
                        description: Shows what a speaker tells.
                        requires:
                          hello:
                            interface: greeting
                        """)
                .hook("start", "status-set waiting 'nobody speaks'\n")
                .hook(
                        "hello-relation-changed",
                        """
                        text=$(relation-get text)
                        [ -n "$text" ] || exit 0
                        status-set active "heard $text from $JUJU_REMOTE_UNIT"
                        """)
                .hook("hello-relation-broken", "status-set waiting 'nobody speaks'\n");
    }

    /** The same two without machines: subordinates that are attached to nothing have no units. */
    public static CharmFolder weightless(Distribution isthmus, String name, String side) {
        return CharmFolder.in(
                        isthmus.folder("charms/" + name),
                        """
                name: %s
                summary: Has no units
                description: A subordinate that is attached to nothing.
                subordinate: true
                requires:
                  host:
                    interface: juju-info
                    scope: container
                %s
                """
                                .formatted(
                                        name,
                                        side.equals("provides")
                                                ? "provides:\n  hello:\n    interface: greeting"
                                                : "  hello:\n    interface: greeting"))
                .file(
                        "config.yaml",
                        "options:\n  text:\n    type: string\n    default: ''\n    description: What is said\n")
                // Never run; a charm without any hook is refused.
                .hook("start", "status-set active\n");
    }
}
