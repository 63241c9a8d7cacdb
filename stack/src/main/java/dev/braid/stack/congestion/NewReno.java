package dev.braid.stack.congestion;

/** Additive increase, multiplicative decrease as RFC 5681 and RFC 6582 have them: a segment a round trip, and half. */
public final class NewReno extends LossBasedControl {
    @Override
    public String name() {
        return "reno";
    }

    @Override
    void avoid(long delivered, AckSample sample) {
        increase(delivered, cwnd);
    }

    /** "ssthresh MUST be set to no more than [...] max (FlightSize / 2, 2*SMSS)" (RFC 5681 §3.1, equation 4). */
    @Override
    long reductionBase(long flight) {
        return Math.min(cwnd, flight);
    }

    @Override
    long reduced(long window, boolean byEcn, long nowNs) {
        return window / 2;
    }
}
