package org.isthmus.api;

import java.util.ArrayList;
import java.util.List;

/** What an instance turned out to be; sizes in MiB, null where a cloud does not say. */
public record Hardware(
        String arch, Long cores, Long mem, Long rootDisk, String availabilityZone, String virtType, List<String> tags) {

    public Hardware {
        tags = tags == null ? List.of() : List.copyOf(tags);
    }

    /** As status shows it: `arch=amd64 cores=2 mem=16384M root-disk=1048576M availability-zone=a`. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        if (arch != null) {
            words.add("arch=" + arch);
        }
        if (cores != null) {
            words.add("cores=" + cores);
        }
        if (mem != null) {
            words.add("mem=" + mem + "M");
        }
        if (rootDisk != null) {
            words.add("root-disk=" + rootDisk + "M");
        }
        if (!tags.isEmpty()) {
            words.add("tags=" + String.join(",", tags));
        }
        if (availabilityZone != null && !availabilityZone.isEmpty()) {
            words.add("availability-zone=" + availabilityZone);
        }
        if (virtType != null && !virtType.isEmpty()) {
            words.add("virt-type=" + virtType);
        }
        return String.join(" ", words);
    }
}
