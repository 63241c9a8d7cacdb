package dev.braid.tools.demo;

/**
 * What one path carried in both directions together.
 *
 * @param bytesRx bytes of IP received
 * @param bytesTx bytes of IP sent
 * @param retransmits segments sent again
 * @param srttNs smoothed round-trip time at the end of the last transfer
 */
record PathResult(String name, long bytesRx, long bytesTx, long retransmits, long srttNs) {}
