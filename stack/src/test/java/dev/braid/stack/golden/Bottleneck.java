package dev.braid.stack.golden;

import dev.braid.fastpath.sim.LinkConfig;

/**
 * A path with one narrow link: what the rows and columns of the golden tables stand for.
 *
 * @param megabits the narrow link's rate, 10^6 bit/s, counted on IP packets
 * @param rttMs the round trip of an empty path
 * @param lossPercent how many data packets of a hundred are lost at random
 */
record Bottleneck(int megabits, int rttMs, double lossPercent) {
    /** IPv4 without options over Ethernet. */
    static final int MTU = 1500;
    /** What is left of a packet after 20 bytes of IP, 20 of TCP and 12 of timestamps. */
    static final int PAYLOAD = MTU - 52;
    /** The shortest queue: below, a single paced burst of 64 KiB would not fit. */
    static final int LEAST_QUEUE_PACKETS = 64;

    /** The shortest queue that is marked: one super-frame, which arrives at once, must not be congestion. */
    static final int LEAST_MARKED_PACKETS = 48;

    private static final long NS_PER_MS = 1_000_000L;

    long bitsPerSecond() {
        return megabits * 1_000_000L;
    }

    long rttNs() {
        return rttMs * NS_PER_MS;
    }

    /** Bandwidth-delay product: bytes of IP that fill the path and no queue. */
    long bdpBytes() {
        return bitsPerSecond() / 8 * rttMs / 1000;
    }

    /** One bandwidth-delay product, the rule of thumb for a single flow (RFC 9438 and its papers assume about that much). */
    int queueBytes() {
        return (int) Math.max(bdpBytes(), (long) LEAST_QUEUE_PACKETS * MTU);
    }

    /** Where the queue begins to mark what is markable: a fifth of the path, more than the seventh that RFC 8257 section 3.1 asks for. */
    int markBytes() {
        return (int) Math.max(bdpBytes() / 5, (long) LEAST_MARKED_PACKETS * MTU);
    }

    /** Payload per second when the link never idles: the ceiling of goodput. */
    double ceilingBytesPerSecond() {
        return bitsPerSecond() / 8.0 * PAYLOAD / MTU;
    }

    /** The way of the data, without loss. */
    LinkConfig forth() {
        return LinkConfig.PERFECT.rate(bitsPerSecond()).delay(rttNs() / 2).queue(queueBytes())
                .markAbove(markBytes()).mtu(MTU);
    }

    /** The way of the data as it is once the handshake is over. */
    LinkConfig lossyForth() {
        return forth().loss(lossPercent / 100);
    }

    /** The way of the acknowledgments, which are neither lost nor slowed down. */
    LinkConfig back() {
        return LinkConfig.PERFECT.delay(rttNs() - rttNs() / 2).mtu(MTU);
    }
}
