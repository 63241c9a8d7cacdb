package dev.braid.tools.demo;

/**
 * What one direction brought.
 *
 * @param bytes payload bytes that arrived
 * @param elapsedNs from the first byte sent until the last was read
 * @param digestMatch whether they are the bytes that were sent
 */
record TransferResult(Direction direction, long bytes, long elapsedNs, boolean digestMatch) {
    double mbitPerSecond() {
        return elapsedNs == 0 ? 0 : bytes * 8e3 / elapsedNs;
    }
}
