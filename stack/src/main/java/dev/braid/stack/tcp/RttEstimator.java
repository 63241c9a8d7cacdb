package dev.braid.stack.tcp;

/**
 * Smoothed round-trip time, its variation, and the retransmission timeout with its backoff (RFC 6298). Nanoseconds
 * throughout; core thread only.
 *
 * <p>The minimum is kept on the variance term, {@code RTO = SRTT + max(min, 4·RTTVAR)}, so that on a steady path the timer still
 * waits out the peer's delayed acknowledgment, whatever the path's length. RFC 6298 §2.4 asks for a minimum of one second;
 * the default here is 200 ms, as deployed stacks have found safe.
 */
public final class RttEstimator {
    /** The least variance term by default. */
    public static final long MIN_RTO_NS = 200_000_000L;
    /** The timeout before any measurement (RFC 6298 §2.1). */
    public static final long INITIAL_RTO_NS = 1_000_000_000L;
    /** The most that backoff reaches (RFC 6298 §2.5). */
    public static final long MAX_RTO_NS = 120_000_000_000L;

    private static final long HANDSHAKE_LOST_RTO_NS = 3_000_000_000L;

    private final long minRtoNs;
    private final long maxRtoNs;
    private long baseRtoNs;
    private long srttNs;
    private long rttvarNs;
    private long minRttNs;
    private int backoffs;
    private long samples;

    /** With the default bounds. */
    public RttEstimator() {
        this(MIN_RTO_NS, INITIAL_RTO_NS, MAX_RTO_NS);
    }

    /** With bounds of one's own: {@code 0 < minRtoNs <= initialRtoNs <= maxRtoNs}. */
    public RttEstimator(long minRtoNs, long initialRtoNs, long maxRtoNs) {
        this.minRtoNs = minRtoNs;
        this.maxRtoNs = maxRtoNs;
        this.baseRtoNs = initialRtoNs;
    }

    /**
     * Takes a measurement in and ends the backoff. Never of a segment that was sent twice, unless a timestamp told which
     * (Karn's algorithm, RFC 6298 §3).
     */
    public void sample(long rttNs) {
        sample(rttNs, 1);
    }

    /**
     * Takes one of several measurements of the same round trip in, with the gains divided among them (RFC 7323 §4.2).
     *
     * @param rttNs values below 1 count as 1
     * @param expectedSamples how many measurements a round trip brings: FlightSize / (2·SMSS), at least 1
     */
    public void sample(long rttNs, int expectedSamples) {
        long r = Math.max(1, rttNs);
        if (srttNs == 0) {
            srttNs = r;
            rttvarNs = r / 2;
            minRttNs = r;
        } else {
            long deviation = Math.abs(srttNs - r) - rttvarNs;
            if (expectedSamples <= 1) {
                // Apart from the others, for a division by what the compiler knows is none.
                rttvarNs += deviation / 4;
                srttNs = Math.max(1, srttNs + (r - srttNs) / 8);
            } else {
                rttvarNs += deviation / (4L * expectedSamples);
                srttNs = Math.max(1, srttNs + (r - srttNs) / (8L * expectedSamples));
            }
            minRttNs = Math.min(minRttNs, r);
        }
        baseRtoNs = Math.min(maxRtoNs, srttNs + Math.max(minRtoNs, 4 * rttvarNs));
        backoffs = 0;
        samples++;
    }

    /** Measurements taken in so far. */
    public long samples() {
        return samples;
    }

    /** The timer expired: the timeout doubles, up to the maximum (RFC 6298 §5.5). */
    public void backOff() {
        backoffs++;
    }

    /** New data was acknowledged: the timeout is again what the measurements say. */
    public void endBackoff() {
        backoffs = 0;
    }

    /** The timer had expired for the SYN: data starts with at least 3 s until there is a measurement (RFC 6298 §5.7). */
    public void handshakeWasLost() {
        backoffs = 0;
        if (srttNs == 0) {
            baseRtoNs = Math.min(maxRtoNs, Math.max(baseRtoNs, HANDSHAKE_LOST_RTO_NS));
        }
    }

    /** The retransmission timeout, backoff included. */
    public long rtoNs() {
        long rto = baseRtoNs;
        for (int i = 0; i < backoffs && rto < maxRtoNs; i++) {
            rto <<= 1;
        }
        return Math.min(rto, maxRtoNs);
    }

    /** The timeout without backoff. */
    public long baseRtoNs() {
        return baseRtoNs;
    }

    /** Expiries since the last news. */
    public int backoffs() {
        return backoffs;
    }

    /** SRTT, or 0 before the first measurement. */
    public long srttNs() {
        return srttNs;
    }

    /** RTTVAR, or 0 before the first measurement. */
    public long rttvarNs() {
        return rttvarNs;
    }

    /** The smallest measurement, or 0 before the first. */
    public long minRttNs() {
        return minRttNs;
    }
}
