package org.isthmus.model;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.Set;
import org.junit.Test;

public class KindsTest {

    @Test
    public void everyKindIsFoundByItsName() throws Exception {
        int count = 0;
        for (Field field : Kinds.class.getFields()) {
            if (field.get(null) instanceof Kind<?> kind) {
                assertSame(field.getName(), kind, Kinds.named(kind.name()));
                count++;
            }
        }
        assertEquals(count, Kinds.all().size());
        assertTrue(count > 20);
        assertNotNull(Kinds.named("offer-grant"));
    }

    @Test
    public void noTwoIndexesShareAName() {
        Set<String> names = new HashSet<>();
        for (Kind<?> kind : Kinds.all()) {
            kind.indexes().forEach(index -> assertTrue(index.name(), names.add(index.name())));
        }
    }
}
