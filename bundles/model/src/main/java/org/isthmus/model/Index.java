package org.isthmus.model;

import java.util.Collection;
import java.util.function.Function;

/**
 * Finds the entities of one kind by a key that is not their id. An entity may stand under any number of keys.
 *
 * @param name unique among all indexes, such as `unit-by-machine`
 */
public record Index<E extends Entity>(String name, Function<E, ? extends Collection<String>> keys) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Index<?> index && index.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
