package org.isthmus.charm;

/**
 * One entry of a zip's central directory.
 *
 * @param name as written, checked: relative, `/` between its parts, none of them `.` or `..`; without the `/` that ends a folder's
 * @param mode permission bits, never set-uid and its like
 */
record ArchiveEntry(
        String name, Type type, int mode, int method, long packed, long size, long crc, long header, int flags) {
    enum Type {
        FILE,
        FOLDER,
        LINK
    }
}
