package org.isthmus.agent.unit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.isthmus.agent.hook.HookContext;
import org.isthmus.api.Names;
import org.isthmus.wire.agent.UnitRemoteState;

/** What one hook sees of the relations of its unit. */
final class HookView {
    private HookView() {}

    /** The relations as this hook sees them: a departing unit is gone already, a broken one is empty. */
    static List<HookContext.RelationView> relations(LocalState local, HookInfo hook, UnitRemoteState seen) {
        Map<Integer, String> models = new TreeMap<>();
        seen.relations().forEach(relation -> models.put(relation.id(), relation.remoteModel()));
        List<HookContext.RelationView> views = new ArrayList<>();
        local.relations().forEach((id, relation) -> {
            List<String> members = new ArrayList<>(relation.members().keySet());
            boolean here = hook.relation() != null && hook.relation().equals(id);
            if (here && hook.kind().equals("relation-departed")) {
                members.remove(hook.remoteUnit());
            }
            if (here && hook.kind().equals("relation-joined") && !members.contains(hook.remoteUnit())) {
                members.add(hook.remoteUnit());
                members.sort(Names.NATURAL);
            }
            views.add(new HookContext.RelationView(
                    id,
                    relation.endpoint(),
                    relation.remoteApplication(),
                    models.get(id),
                    relation.peer(),
                    here && hook.kind().equals("relation-broken"),
                    members));
        });
        return views;
    }

    /** The other end's endpoint, out of the relation's key `wordpress:db mysql:db`. */
    static String remoteEndpoint(HookInfo hook, UnitRemoteState seen) {
        if (seen != null) {
            for (UnitRemoteState.RelationState relation : seen.relations()) {
                if (relation.id() == hook.relation()) {
                    for (String end : relation.key().split(" ")) {
                        if (end.startsWith(hook.remoteApplication() + ":")) {
                            return end.substring(end.indexOf(':') + 1);
                        }
                    }
                }
            }
        }
        return hook.endpoint();
    }
}
