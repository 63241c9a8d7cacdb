package dev.braid.tools.doctor;

/** What became of a packet of some size that nobody may cut (DF). */
enum Passage {
    /** The other end had it, and answered. */
    PASSED,
    /** A router, or the stack that had heard of one before, said that it is too large: Path MTU Discovery works. */
    TOLD,
    /** Nothing was heard. */
    SILENT
}
