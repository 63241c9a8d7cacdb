package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/**
 * The loss probe that is sent when acknowledgments stop coming (RFC 8985 section 7): when it is due, and what its acknowledgment
 * says of the losses before it. Sending it is {@link Output}'s affair. Nanoseconds and positions; core thread only.
 */
final class TailLossProbe {
    /** Linux's least time of a timer: on short paths a probe after two round trips would meet its own acknowledgment. */
    static final long LEAST_NS = 2_000_000L;

    private static final long NONE = Long.MIN_VALUE;

    /** TLP.end_seq. */
    private long end = NONE;
    /** TLP.is_retrans. */
    private boolean resent;
    private long samplesBefore = -1;
    /** The timer is to be set anew: data left for the first time, or was acknowledged. */
    boolean restart;
    /** The timer expired: a probe is to be sent. */
    boolean due;

    /** A probe is in flight. */
    boolean inFlight() {
        return end != NONE;
    }

    /** Section 7.2: sets the timer, or stops it where other means do its work. */
    void schedule(Tcb tcb, long nowNs) {
        restart = false;
        TcbDeadlines deadlines = tcb.deadlines;
        RecoveryState state = tcb.loss.state();
        if (tcb.layer.config.earlyRetrans < 3
                || !tcb.sackPermitted
                || tcb.sent.isEmpty()
                || tcb.sent.sackedBytes() > 0
                || !tcb.state.synchronised()
                || (state != RecoveryState.OPEN && state != RecoveryState.CWR)) {
            deadlines.probeNs = Deadlines.NONE;
            return;
        }
        deadlines.probeNs = Math.min(nowNs + intervalNs(tcb), deadlines.rtoNs);
    }

    /** TLP_calc_PTO. The acknowledgment of a single segment may be delayed as long as the retransmission timer allows for. */
    private static long intervalNs(Tcb tcb) {
        long srttNs = tcb.rtt.srttNs();
        if (srttNs == 0) {
            return tcb.layer.config.initialRtoNs;
        }
        boolean single = tcb.sent.records() == 1 && tcb.sent.bytes() <= tcb.sndMss;
        return 2 * srttNs + (single ? tcb.layer.config.minRtoNs : LEAST_NS);
    }

    /**
     * Section 7.3: at most one probe is in flight, and between two of them a round trip was measured.
     *
     * @return whether a probe may be sent now
     */
    boolean allowed(RttEstimator rtt) {
        return end == NONE && rtt.samples() != samplesBefore;
    }

    /** A probe was sent: new data, or the highest segment again. */
    void onSent(long probeEnd, boolean again, RttEstimator rtt) {
        end = probeEnd;
        resent = again;
        samplesBefore = rtt.samples();
    }

    /** A fast recovery or a timeout begins: they find what the probe would have found. */
    void forget() {
        end = NONE;
        due = false;
    }

    /**
     * A DSACK says that sequence numbers up to here arrived twice (section 7.4.2, case 1).
     *
     * @return whether they were the probe: then nothing was lost, and the path did not reorder
     */
    boolean onDsack(long upTo) {
        if (end == NONE || !resent || upTo != end) {
            return false;
        }
        end = NONE;
        return true;
    }

    /**
     * TLP_process_ack (section 7.4.2). After {@link #onDsack} of the same acknowledgment.
     *
     * @param sndUna what it acknowledges
     * @param pureDuplicate it brought neither news nor data nor SACK blocks
     * @return whether the probe repaired a loss, which congestion control is to be told of
     */
    boolean onAck(long sndUna, boolean pureDuplicate) {
        if (end == NONE || sndUna < end) {
            return false;
        }
        boolean repaired = resent && sndUna > end;
        if (!resent || repaired || pureDuplicate) {
            end = NONE;
        }
        return repaired;
    }
}
