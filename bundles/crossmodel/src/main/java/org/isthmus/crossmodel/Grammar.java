package org.isthmus.crossmodel;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.isthmus.api.Names;
import org.isthmus.api.Problem;
import org.isthmus.api.Tag;
import org.isthmus.wire.crossmodel.CrossModelCalls.IngressChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.RegisterRelation;
import org.isthmus.wire.crossmodel.CrossModelCalls.RelationChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.UnitChange;
import org.isthmus.wire.crossmodel.CrossModelCalls.WatchArg;
import org.isthmus.wire.crossmodel.CrossModelCalls.WireEndpoint;

/**
 * What others say must be well formed before anything of it is looked at: names end up in keys, in status and in hooks. Whoever
 * says something else is told so, item by item.
 */
final class Grammar {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,254}");
    /** Of a setting: what `relation-set` could not have written, or `relation-get` not shown, is none. */
    private static final Pattern KEY = Pattern.compile("[^=\\p{Cntrl}]+");

    private static final Set<String> ROLES = Set.of("provider", "requirer");
    private static final Set<String> LIVES = Set.of("alive", "dying", "dead");

    private Grammar() {}

    static void check(RegisterRelation item) {
        uuid("token", item.relationToken());
        uuid("token", item.applicationToken());
        uuid("offer", item.offerUuid());
        uuid("model", Tag.idOf("model", item.sourceModelTag()));
        if (item.sourceControllerTag() != null) {
            uuid("controller", Tag.idOf("controller", item.sourceControllerTag()));
        }
        name("endpoint", item.localEndpointName());
        WireEndpoint endpoint = item.remoteEndpoint();
        need("remote endpoint", endpoint);
        name("endpoint", endpoint.name());
        name("interface", endpoint.interfaceName());
        if (endpoint.role() == null || !ROLES.contains(endpoint.role())) {
            throw Problem.notValid("endpoint role \"%s\" not valid", endpoint.role());
        }
        if (endpoint.limit() < 0) {
            throw Problem.notValid("endpoint limit %d not valid", endpoint.limit());
        }
        all("macaroon", item.macaroons());
        all("sibling", item.siblings());
    }

    static void check(RelationChange change) {
        uuid("token", change.relationToken());
        if (!change.forceCleanup() && (change.life() == null || !LIVES.contains(change.life()))) {
            throw Problem.notValid("life \"%s\" not valid", change.life());
        }
        settings(change.applicationSettings());
        all("changed unit", change.changedUnits());
        all("departed unit", change.departedUnits());
        if (change.changedUnits() != null) {
            for (UnitChange unit : change.changedUnits()) {
                unit(unit.unitId());
                settings(unit.settings());
            }
        }
        if (change.departedUnits() != null) {
            change.departedUnits().forEach(Grammar::unit);
        }
    }

    static void check(IngressChange change) {
        uuid("token", change.relationToken());
        all("network", change.networks());
    }

    static void checkRelation(WatchArg arg) {
        uuid("token", arg.token());
    }

    static void checkOffer(WatchArg arg) {
        uuid("offer", arg.offerUuid());
        uuid("model", Tag.idOf("model", arg.sourceModelTag()));
        all("macaroon", arg.macaroons());
    }

    static void need(String what, Object value) {
        if (value == null) {
            throw Problem.notValid("empty %s not valid", what);
        }
    }

    private static void all(String what, List<?> values) {
        if (values != null) {
            values.forEach(value -> need(what, value));
        }
    }

    private static void uuid(String what, String text) {
        if (!Names.isUuid(text)) {
            throw Problem.notValid("%s \"%s\" not valid", what, text);
        }
    }

    private static void name(String what, String text) {
        if (text == null || !NAME.matcher(text).matches()) {
            throw Problem.notValid("%s name \"%s\" not valid", what, text);
        }
    }

    private static void unit(int number) {
        if (number < 0) {
            throw Problem.notValid("unit number %d not valid", number);
        }
    }

    private static void settings(Map<String, String> settings) {
        Collection<String> keys = settings == null ? Set.of() : settings.keySet();
        for (String key : keys) {
            if (!KEY.matcher(key).matches()) {
                throw Problem.notValid("setting key \"%s\" not valid", key);
            }
        }
    }
}
