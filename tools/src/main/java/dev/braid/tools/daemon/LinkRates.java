package dev.braid.tools.daemon;

import dev.braid.tundriver.netlink.LinkStatistics;

/**
 * What went over one link, by the two last samples of its TUN's counters. One thread at a time.
 *
 * <p>What the kernel transmits to a TUN, the stack receives.
 */
final class LinkRates {
    private static final double MEGABIT = 1e6;
    private static final int BITS = 8;

    private long rxBytes;
    private long txBytes;
    private long sampledNs = Long.MIN_VALUE;
    private double rxMbit;
    private double txMbit;

    /** One more sample. */
    void sample(LinkStatistics counters, long nowNs) {
        long elapsed = nowNs - sampledNs;
        if (sampledNs != Long.MIN_VALUE && elapsed > 0) {
            rxMbit = rate(counters.txBytes() - rxBytes, elapsed);
            txMbit = rate(counters.rxBytes() - txBytes, elapsed);
        }
        rxBytes = counters.txBytes();
        txBytes = counters.rxBytes();
        sampledNs = nowNs;
    }

    /** The bytes that came in since the link was made. */
    long rxBytes() {
        return rxBytes;
    }

    /** The bytes that went out. */
    long txBytes() {
        return txBytes;
    }

    /** Mbit/s in, between the two last samples. */
    double rxMbit() {
        return rxMbit;
    }

    /** Mbit/s out. */
    double txMbit() {
        return txMbit;
    }

    private static double rate(long bytes, long elapsedNs) {
        return bytes * (double) BITS * 1e9 / elapsedNs / MEGABIT;
    }
}
