package dev.braid.tools.bind;

/**
 * A kernel setting that is about to be changed.
 *
 * @param sysctl its path below {@code /proc/sys}
 * @param was what it read before
 * @param now what it is set to
 * @param device the kernel's number of the interface it belongs to, which keeps it when the interface is renamed
 */
record JournalEntry(String sysctl, String was, String now, int device) {}
