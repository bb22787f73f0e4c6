package org.isthmus.api;

/**
 * An entity's name on the wire: `kind-id`, where `/` of unit, machine and storage ids is written `-` (juju/names v5).
 *
 * @param kind such as `unit`, `model`, `user`
 * @param id as people know it: `mysql/0`, a UUID, `admin`
 */
public record Tag(String kind, String id) {

    public static Tag unit(String name) {
        return new Tag("unit", name);
    }

    public static Tag machine(String id) {
        return new Tag("machine", id);
    }

    public static Tag application(String name) {
        return new Tag("application", name);
    }

    public static Tag user(String name) {
        return new Tag("user", name);
    }

    public static Tag model(String uuid) {
        return new Tag("model", uuid);
    }

    public static Tag controller(String uuid) {
        return new Tag("controller", uuid);
    }

    public static Tag cloud(String name) {
        return new Tag("cloud", name);
    }

    /** `cloudcred-aws_admin_default`. */
    public static Tag credential(String cloud, String owner, String name) {
        return new Tag("cloudcred", cloud + "_" + owner + "_" + name);
    }

    /** `relation-wordpress.db#mysql.db` of the key `wordpress:db mysql:db`. */
    public static Tag relation(String key) {
        return new Tag("relation", key);
    }

    /** Reads a tag; refuses with Juju's `"x" is not a valid tag`. */
    public static Tag parse(String text) {
        int dash = text == null ? -1 : text.indexOf('-');
        if (dash <= 0 || dash == text.length() - 1) {
            throw Problem.notValid("\"%s\" is not a valid tag", text);
        }
        String kind = text.substring(0, dash);
        String rest = text.substring(dash + 1);
        switch (kind) {
            case "unit": {
                int last = rest.lastIndexOf('-');
                String name = last < 0 ? rest : rest.substring(0, last) + "/" + rest.substring(last + 1);
                if (!Names.isUnit(name)) {
                    throw Problem.notValid("\"%s\" is not a valid unit tag", text);
                }
                return new Tag(kind, name);
            }
            case "machine": {
                String id = rest.replace('-', '/');
                if (!Names.isMachine(id)) {
                    throw Problem.notValid("\"%s\" is not a valid machine tag", text);
                }
                return new Tag(kind, id);
            }
            case "relation":
                return new Tag(kind, rest.replace('.', ':').replace('#', ' '));
            default:
                return new Tag(kind, rest);
        }
    }

    /** Reads a tag that must be of this kind. */
    public static String idOf(String kind, String text) {
        Tag tag = parse(text);
        if (!tag.kind.equals(kind)) {
            throw Problem.notValid("\"%s\" is not a valid %s tag", text, kind);
        }
        return tag.id;
    }

    /** The tag as it travels. */
    @Override
    public String toString() {
        return switch (kind) {
            case "unit", "machine" -> kind + "-" + id.replace('/', '-');
            case "relation" -> kind + "-" + id.replace(':', '.').replace(' ', '#');
            default -> kind + "-" + id;
        };
    }
}
