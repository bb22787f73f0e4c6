package org.isthmus.model.store;

import org.isthmus.model.Index;
import org.isthmus.model.Kind;

/** What a watch wants to hear of: a kind, one entity, or what stands under a key of an index before or after the change. */
public sealed interface Interest {
    record InKind(Kind<?> kind) implements Interest {}

    record InEntity(Kind<?> kind, String id) implements Interest {}

    record InIndex(Kind<?> kind, Index<?> index, String key) implements Interest {}

    static Interest in(Kind<?> kind) {
        return new InKind(kind);
    }

    static Interest in(Kind<?> kind, String id) {
        return new InEntity(kind, id);
    }

    static Interest in(Kind<?> kind, Index<?> index, String key) {
        return new InIndex(kind, index, key);
    }
}
