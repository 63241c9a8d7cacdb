package dev.braid.tools.doctor;

/**
 * How a connection to the server for trials went.
 *
 * @param outcome what came of it
 * @param detail the error in words, when it was not made
 */
record Trial(Outcome outcome, String detail) {
    /** What came of it. */
    enum Outcome {
        /** Both ends speak Multipath TCP, and what lies between lets it pass. */
        MULTIPATH,
        /** Connected, as plain TCP. */
        PLAIN,
        /** Not connected. */
        FAILED
    }
}
