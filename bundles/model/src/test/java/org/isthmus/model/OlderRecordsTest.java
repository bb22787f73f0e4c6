package org.isthmus.model;

import static org.junit.Assert.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.isthmus.api.Life;
import org.junit.Test;

/** A field that was added has its default where a record was written before it; one that was taken away is passed over. */
public class OlderRecordsTest {
    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    public void aSaasOfBeforeItsEpochWasKept() throws Exception {
        RemoteApplication saas = new RemoteApplication(
                "mysql",
                false,
                "o1",
                "admin/prod.mysql",
                "c1",
                "m1",
                List.of(),
                "bob",
                null,
                null,
                1,
                Life.ALIVE,
                new StatusValue("active", "", THEN),
                false,
                null,
                THEN,
                0);
        String written = new String(Codec.encode(saas), StandardCharsets.UTF_8);
        String before = written.replace(",\"epoch\":0", "");
        assertEquals("the field is there now", written.length() - ",\"epoch\":0".length(), before.length());
        assertEquals(saas, read(Kinds.REMOTE_APPLICATION, before));
        assertEquals(saas.withEpoch(3), read(Kinds.REMOTE_APPLICATION, before.replaceFirst("^\\{", "{\"epoch\":3,")));
    }

    @Test
    public void aControllerThatWasWrittenWithEpochs() throws Exception {
        assertEquals(
                new ExternalController("c1", "far", List.of("h:1"), "CA"),
                read(
                        Kinds.EXTERNAL_CONTROLLER,
                        "{\"uuid\":\"c1\",\"alias\":\"far\",\"addresses\":[\"h:1\"],\"ca-cert\":\"CA\",\"epochs\":{\"m1\":2}}"));
    }

    private static <E extends Entity> E read(Kind<E> kind, String json) throws Exception {
        return Codec.decode(kind, kind.schema(), json.getBytes(StandardCharsets.UTF_8));
    }
}
