package org.isthmus.charm;

/**
 * How large an archive may be, so that a hostile one is refused before it fills a disk.
 *
 * @param entries files, folders and links
 * @param file bytes of one file, unpacked
 * @param total bytes of all files, unpacked
 * @param ratio unpacked to packed, checked only above {@code ratioFrom} unpacked bytes: small files of zeros are harmless
 */
record ArchiveLimits(int entries, long file, long total, int ratio, long ratioFrom) {
    static final ArchiveLimits USUAL = new ArchiveLimits(50_000, 1L << 30, 2L << 30, 200, 64L << 20);

    /** The files that are parsed (metadata.yaml and its like) are read into memory. */
    static final int PARSED_FILE = 1 << 20;
}
