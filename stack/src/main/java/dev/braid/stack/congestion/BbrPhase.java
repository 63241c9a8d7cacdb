package dev.braid.stack.congestion;

/**
 * What a {@link Bbr} flow is doing: the states of draft-ietf-ccwg-bbr section 5.1 with their gains, the factors, in percent, by
 * which the bandwidth estimate is multiplied to make the pace, and the bandwidth-delay product to make the window.
 */
enum BbrPhase {
    /** Doubles its rate every round until the pipe is full. */
    STARTUP(277, 200),
    /** Drains the queue that Startup made. */
    DRAIN(50, 200),
    /** Drains the queue that the last probe made, and leaves room for others. */
    PROBE_BW_DOWN(90, 200),
    /** Sends as fast as the path delivers. */
    PROBE_BW_CRUISE(100, 200),
    /** Fills the pipe for a round before the next probe. */
    PROBE_BW_REFILL(100, 200),
    /** Sends faster than the path delivers, to see whether it takes more. */
    PROBE_BW_UP(125, 225),
    /** Keeps little in flight, to see the round-trip time without a queue. */
    PROBE_RTT(100, 50);

    /** Percent of the bandwidth estimate. */
    final int pacingGain;
    /** Percent of the bandwidth-delay product. */
    final int cwndGain;

    BbrPhase(int pacingGain, int cwndGain) {
        this.pacingGain = pacingGain;
        this.cwndGain = cwndGain;
    }

    /** It is one of the four phases of ProbeBW. */
    boolean isProbeBw() {
        return this == PROBE_BW_DOWN || this == PROBE_BW_CRUISE || this == PROBE_BW_REFILL || this == PROBE_BW_UP;
    }

    /** It looks for more bandwidth on purpose: losses then tell of the probe, not of the path. */
    boolean accelerates() {
        return this == STARTUP || this == PROBE_BW_REFILL || this == PROBE_BW_UP;
    }
}
