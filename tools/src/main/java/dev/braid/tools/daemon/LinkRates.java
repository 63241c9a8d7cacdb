package dev.braid.tools.daemon;

import dev.braid.tundriver.netlink.LinkStatistics;

/**
 * What went over one link, by samples of its TUN's counters. Rates are those between two samples that are at least half a second apart:
 * over less, whoever asks twice would see single packets. One thread at a time.
 *
 * <p>What the kernel transmits to a TUN, the stack receives.
 */
final class LinkRates {
    private static final double MEGABIT = 1e6;
    private static final int BITS = 8;

    private static final long LEAST_NS = 500_000_000;

    private long rxBytes;
    private long txBytes;
    private long rateRxBytes;
    private long rateTxBytes;
    private long rateSinceNs = Long.MIN_VALUE;
    private double rxMbit;
    private double txMbit;

    /** One more sample. */
    void sample(LinkStatistics counters, long nowNs) {
        rxBytes = counters.txBytes();
        txBytes = counters.rxBytes();
        boolean first = rateSinceNs == Long.MIN_VALUE;
        long elapsed = nowNs - rateSinceNs;
        if (!first && elapsed < LEAST_NS) {
            return;
        }
        if (!first) {
            rxMbit = rate(rxBytes - rateRxBytes, elapsed);
            txMbit = rate(txBytes - rateTxBytes, elapsed);
        }
        rateRxBytes = rxBytes;
        rateTxBytes = txBytes;
        rateSinceNs = nowNs;
    }

    /** The bytes that came in since the link was made. */
    long rxBytes() {
        return rxBytes;
    }

    /** The bytes that went out. */
    long txBytes() {
        return txBytes;
    }

    /** Mbit/s in; 0 before there are two samples. */
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
