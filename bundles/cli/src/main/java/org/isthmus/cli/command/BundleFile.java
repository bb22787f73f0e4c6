package org.isthmus.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.isthmus.api.Constraints;
import org.isthmus.cli.status.FullStatus;

/**
 * A bundle, its overlays laid over it.
 *
 * @param saas name to offer URL
 * @param errors everything that is wrong with it; nothing may be done unless this is empty
 * @param warnings what is in it and will not be looked at
 */
record BundleFile(
        Map<String, Application> applications,
        Map<String, Machine> machines,
        Map<String, String> saas,
        List<Relation> relations,
        List<String> errors,
        List<String> warnings) {

    /**
     * @param charm as the store knows it; null where path is given
     * @param path of a charm on this machine, or null
     * @param revision -1 where nothing is said
     * @param base as written, the bundle's default where it says nothing; may be null
     * @param to machines of the bundle, or `new`; the last one is for all units that have none of their own
     * @param exposed by endpoint, the empty name for all of them; empty where `expose: true` says enough
     */
    record Application(
            String name,
            String charm,
            Path path,
            String channel,
            int revision,
            String base,
            int units,
            List<String> to,
            boolean expose,
            Map<String, Exposed> exposed,
            Map<String, Object> options,
            Map<String, String> annotations,
            Constraints constraints,
            boolean trust,
            Map<String, Offer> offers) {

        /** The placement of the unit with this index. */
        String placement(int index) {
            return to.isEmpty() ? "new" : to.get(Math.min(index, to.size() - 1));
        }

        /** What the store calls it, without where it is for. */
        String charmName() {
            return charm == null ? null : FullStatus.charmName(charm);
        }
    }

    record Exposed(List<String> spaces, List<String> cidrs) {}

    record Machine(String id, String base, Constraints constraints, Map<String, String> annotations) {}

    /** @param acl user to access */
    record Offer(List<String> endpoints, Map<String, String> acl) {}

    /** Two `application[:endpoint]`. */
    record Relation(String left, String right) {
        static String application(String side) {
            int colon = side.indexOf(':');
            return colon < 0 ? side : side.substring(0, colon);
        }

        static String endpoint(String side) {
            int colon = side.indexOf(':');
            return colon < 0 ? "" : side.substring(colon + 1);
        }

        boolean names(String application) {
            return application(left).equals(application) || application(right).equals(application);
        }

        @Override
        public String toString() {
            return "[\"" + left + "\" \"" + right + "\"]";
        }
    }
}
