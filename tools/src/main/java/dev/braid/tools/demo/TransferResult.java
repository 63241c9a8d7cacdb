package dev.braid.tools.demo;

/**
 * What one direction brought.
 *
 * @param bytes payload bytes that arrived
 * @param elapsedNs from before connecting until the last byte was read
 * @param digestMatch whether they are the bytes that were sent
 * @param wholeBytes payload bytes that arrived before a path was taken away
 * @param wholeNs how long that took, from before connecting
 * @param handover what happened when a path was taken away and given back; {@link Handover#NONE} where none was
 */
record TransferResult(Direction direction, long bytes, long elapsedNs, boolean digestMatch, long wholeBytes,
        long wholeNs,
        Handover handover) {
    double mbitPerSecond() {
        return elapsedNs == 0 ? 0 : bytes * 8e3 / elapsedNs;
    }

    /** Mbit/s while all paths were there. */
    double wholeMbitPerSecond() {
        return wholeNs == 0 ? 0 : wholeBytes * 8e3 / wholeNs;
    }
}
