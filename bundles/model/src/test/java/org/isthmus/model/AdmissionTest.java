package org.isthmus.model;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.isthmus.api.Cidr;
import org.junit.Test;

public final class AdmissionTest {
    private static Admission admission(String... allowed) {
        return new Admission(List.of(allowed).stream().map(Cidr::parse).toList());
    }

    @Test
    public void whatIsAllowedIsInAndNoMore() {
        Admission ten = admission("10.0.0.0/8", "fd00::/8");
        assertEquals(
                List.of("10.1.0.0/16", "fd00::/64"), ten.admitted(List.of("10.1.2.3/16", "11.0.0.1/32", "fd00::1/64")));
        // Who says that it dials from anywhere may do so from where anybody may.
        assertEquals(List.of("10.0.0.0/8"), ten.admitted(List.of("0.0.0.0/0")));
        assertEquals(List.of(), ten.admitted(List.of("everybody", "1.2.3.4/999", "999.1.1.1/8")));
        assertEquals(List.of(), ten.admitted(List.of()));
    }

    @Test
    public void theFirstThatIsRefusedIsNamed() {
        Admission ten = admission("10.0.0.0/8");
        assertNull(ten.refusal(List.of("10.0.0.1/32", "10.2.0.0/16")));
        assertEquals(
                "subnet 11.0.0.1/32 not in firewall allowlist",
                ten.refusal(List.of("10.0.0.1/32", "11.0.0.1/32")).getMessage());
        assertEquals(
                "subnet 0.0.0.0/0 not in firewall allowlist",
                ten.refusal(List.of("0.0.0.0/0")).getMessage());
        assertEquals(
                "invalid CIDR address: 1.2.3.4/999",
                ten.refusal(List.of("1.2.3.4/999")).getMessage());
    }

    @Test
    public void manyNetworksBecomeFew() {
        List<String> dense = new ArrayList<>();
        List<String> sparse = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            dense.add("10.0.0." + i + "/32");
            sparse.add("10.0." + i + ".1/32");
        }
        assertEquals(List.of("10.0.0.0/27"), admission("10.0.0.0/8", "::/0").admitted(dense));
        assertEquals(
                List.of("10.0.0.0/8", "::/0"), admission("10.0.0.0/8", "::/0").admitted(sparse));
    }

    @Test
    public void withoutASettingAnybodyMay() {
        assertEquals(List.of("0.0.0.0/0"), Admission.of(Snapshot.empty()).admitted(List.of("0.0.0.0/0")));
    }
}
