package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;

/** A segment arrives in a state with known sequence numbers: the eight checks of RFC 9293 section 3.10.7.4, in order. */
final class OtherStatesArrival {
    /** Timestamps older than 24 days say nothing any more (RFC 7323 section 5.5). */
    private static final long PAWS_IDLE_NS = 24L * 24 * 3600 * 1_000_000_000L;

    private final TcpLayer layer;
    private final TcpCounters counters;
    private final AckArrival ackArrival;
    private final TextArrival textArrival;
    private final DuplicateArrival duplicates;

    OtherStatesArrival(
            TcpLayer layer, AckArrival ackArrival, TextArrival textArrival, DuplicateArrival duplicates) {
        this.layer = layer;
        this.counters = layer.counters;
        this.ackArrival = ackArrival;
        this.textArrival = textArrival;
        this.duplicates = duplicates;
    }

    /** Takes the frame out of the segment if its payload is kept; what is left in it is the caller's. */
    void input(Tcb tcb, TcpSegment segment, long nowNs) {
        boolean synAgain = tcb.state == TcpState.SYN_RECEIVED && segment.has(Tcp.SYN) && segment.seq == tcb.irs;
        if (!first(tcb, segment, synAgain, nowNs)
                || !second(tcb, segment, nowNs)
                || !fourth(tcb, segment, synAgain, nowNs)
                || !isAckAcceptable(tcb, segment, nowNs)
                || !options(tcb, segment, nowNs)
                || !fifth(tcb, segment, nowNs)) {
            return;
        }
        afterAck(tcb, segment, nowNs);
    }

    /** What follows the ACK's check; SYN-SENT comes here too, once it is established. */
    void afterAck(Tcb tcb, TcpSegment segment, long nowNs) {
        sixth(segment);
        seventh(tcb, segment, nowNs);
        eighth(tcb, segment, nowNs);
    }

    // First, check sequence number.

    private boolean first(Tcb tcb, TcpSegment segment, boolean synAgain, long nowNs) {
        if (!paws(tcb, segment, nowNs)) {
            return false;
        }
        if (synAgain) {
            return synAgain(tcb, segment, nowNs);
        }
        if (!acceptable(tcb, segment)) {
            counters.dropSequence.increment();
            if (segment.has(Tcp.RST)) {
                doubtReset(tcb, segment, nowNs);
                return false;
            }
            // "If an incoming segment is not acceptable, an acknowledgment should be sent in reply (unless the RST bit is
            // set)". Limited, for two ends that disagree would answer each other for ever.
            duplicateOrChallenge(tcb, segment, nowNs);
            return false;
        }
        return true;
    }

    /** The table of section 3.4: some of the segment lies in the window, or it sits right at an edge that is closed. */
    private static boolean acceptable(Tcb tcb, TcpSegment segment) {
        int window = tcb.rcvWnd();
        int length = segment.seqLength();
        int ahead = Seq.diff(segment.seq, tcb.rcvNxt);
        if (length == 0) {
            return window == 0 ? ahead == 0 : ahead >= 0 && ahead <= window;
        }
        if (window == 0) {
            // "If the RCV.WND is zero, no segments will be acceptable, but special allowance should be made to accept valid
            // ACKs, URGs, and RSTs": the payload is then trimmed away.
            return ahead == 0;
        }
        return ahead < window && ahead + length > 0;
    }

    /**
     * The peer's SYN once more: alone, it asks for our SYN/ACK again; with an ACK of our SYN it completes a simultaneous open
     * (RFC 9293 section 3.5, figure 8), and counts as what stands behind its SYN.
     */
    private boolean synAgain(Tcb tcb, TcpSegment segment, long nowNs) {
        if (segment.has(Tcp.RST)) {
            return false;
        }
        if (segment.has(Tcp.ACK)) {
            segment.seq++;
            tcb.acks.demand(Decision.ACK_NOW);
            return true;
        }
        UpperLayer upper = tcb.upper;
        if (upper != null && !verdict(tcb, upper.onSegment(tcb, segment, nowNs))) {
            return false;
        }
        tcb.ecn.onSynAgain(segment.flags);
        tcb.synDue = true;
        return false;
    }

    private void duplicateOrChallenge(Tcb tcb, TcpSegment segment, long nowNs) {
        boolean duplicate = segment.length > 0 && Seq.lessOrEqual(segment.seq + segment.length, tcb.rcvNxt);
        if (duplicate || (segment.has(Tcp.FIN) && tcb.finReceived)) {
            counters.dropDuplicate.increment();
            duplicates.report(
                    tcb, segment.seq, Seq.min(segment.seq + segment.seqLength(), tcb.rcvNxt), nowNs);
        } else if (segment.seqLength() == 0 && segment.seq == tcb.rcvNxt - 1) {
            tcb.acks.demand(Decision.ACK_NOW); // a keep-alive or window probe
        } else if (tcb.upper != null && isSynAckAgain(tcb, segment)) {
            if (tcb.challenges.permit(nowNs)) {
                counters.challengeAcks.increment();
                layer.output.thirdAck(tcb, nowNs);
            }
        } else {
            challenge(tcb, nowNs);
        }
    }

    /** The peer's answer to our SYN comes again: our third packet was lost, with what the upper layer said there. */
    private static boolean isSynAckAgain(Tcb tcb, TcpSegment segment) {
        return segment.has(Tcp.SYN) && segment.has(Tcp.ACK) && segment.seq == tcb.irs && segment.ack == tcb.iss + 1;
    }

    /** RFC 7323 section 5.3 R1 to R3: protection against wrapped sequence numbers, and the timestamp to echo. */
    private boolean paws(Tcb tcb, TcpSegment segment, long nowNs) {
        if (!tcb.timestamps || segment.has(Tcp.RST)) {
            return true;
        }
        TcpOptions options = segment.options;
        if (!options.has(TcpOptions.TIMESTAMPS)) {
            // RFC 7323 section 3.2: "If a non-<RST> segment is received without a TSopt, a TCP SHOULD silently drop the segment."
            // It would be the connection's silent end where a box on the way takes the option off one SYN/ACK, or off a new
            // path's segments. Nobody on the net drops them, Linux among others; the sequence number has been checked.
            return true;
        }
        boolean old = Seq.lessThan(options.tsVal(), tcb.tsRecent) && nowNs - tcb.tsRecentNs < PAWS_IDLE_NS;
        if (old) {
            if (tcb.state == TcpState.SYN_RECEIVED && segment.has(Tcp.SYN)) {
                return true;
            }
            counters.pawsEstab.increment();
            counters.dropPaws.increment();
            duplicateOrChallenge(tcb, segment, nowNs);
            return false;
        }
        return true;
    }

    /** R3: "If SEG.TSval >= TS.Recent and SEG.SEQ <= Last.ACK.sent, then the timestamp is recorded". */
    private static void recordTimestamp(Tcb tcb, TcpSegment segment, long nowNs) {
        TcpOptions options = segment.options;
        if (tcb.timestamps
                && options.has(TcpOptions.TIMESTAMPS)
                && Seq.lessOrEqual(tcb.tsRecent, options.tsVal())
                && Seq.lessOrEqual(segment.seq, tcb.lastAckSent)) {
            tcb.tsRecent = options.tsVal();
            tcb.tsRecentNs = nowNs;
        }
    }

    // Second, check the RST bit (with RFC 5961 section 3.2).

    private boolean second(Tcb tcb, TcpSegment segment, long nowNs) {
        if (!segment.has(Tcp.RST)) {
            return true;
        }
        // "If the RST bit is set and the sequence number does not exactly match the next expected sequence value, yet is within
        // the current receive window, TCP endpoints MUST send an acknowledgment (challenge ACK)."
        UpperLayer upper = tcb.upper;
        if (segment.seq != tcb.rcvNxt && (upper == null || !upper.provesReset(tcb, segment))) {
            counters.dropReset.increment();
            challenge(tcb, nowNs);
            Doubt.begin(tcb, nowNs);
            return false;
        }
        if (upper != null) {
            upper.onSegment(tcb, segment, nowNs); // a reset's options may say why; nothing changes that it is one
        }
        switch (tcb.state) {
            case SYN_RECEIVED -> layer.ending.fail(tcb, tcb.passive ? TcpFailure.RESET : TcpFailure.REFUSED);
            // "CLOSING, LAST-ACK, TIME-WAIT: If the RST bit is set, then enter the CLOSED state, delete the TCB, and return."
            case CLOSING, LAST_ACK -> layer.ending.release(tcb);
            default -> layer.ending.fail(tcb, TcpFailure.RESET);
        }
        return false;
    }

    /**
     * "If the RST bit is set and the sequence number is outside the current receive window, silently drop the segment." The number that
     * an earlier ACK of ours named is what answers that ACK where the connection is gone, and data may have overtaken the answer: so the
     * peer will be asked, which is no answer to this segment.
     */
    private static void doubtReset(Tcb tcb, TcpSegment segment, long nowNs) {
        int behind = Seq.diff(tcb.rcvNxt, segment.seq);
        if (behind > 0 && behind <= tcb.rcvWnd()) {
            Doubt.begin(tcb, nowNs);
        }
    }

    // Third, check security: RFC 9293 appendix A.1 leaves it out on today's Internet.

    // Fourth, check the SYN bit (with RFC 5961 section 4.2).

    private boolean fourth(Tcb tcb, TcpSegment segment, boolean synAgain, long nowNs) {
        if (!segment.has(Tcp.SYN) || synAgain) {
            return true; // the SYN/ACK of a simultaneous open was let through by the first check
        }
        // "TCP endpoints MUST send a challenge ACK to the remote peer": in SYN-RECEIVED too, where a blind attacker else could
        // undo a passive open.
        challenge(tcb, nowNs);
        return false;
    }

    // Fifth, check the ACK field: first whether the segment may be the peer's at all, for its options are believed after that.

    private boolean isAckAcceptable(Tcb tcb, TcpSegment segment, long nowNs) {
        if (!segment.has(Tcp.ACK)) {
            counters.dropNoAck.increment();
            return false;
        }
        // RFC 5961 section 5.2: "The ACK value is considered acceptable only if it is in the range of
        // ((SND.UNA - MAX.SND.WND) <= SEG.ACK <= SND.NXT)."
        boolean newer = Seq.lessThan(tcb.sndNxt, segment.ack);
        if (tcb.state == TcpState.SYN_RECEIVED) {
            if (newer || Seq.lessOrEqual(segment.ack, tcb.iss)) {
                // "If the segment acknowledgment is not acceptable, form a reset segment <SEQ=SEG.ACK><CTL=RST> and send it."
                layer.resets.answer(segment);
                return false;
            }
        } else if (newer || Seq.lessThan(segment.ack, tcb.sndUna - tcb.maxSndWnd)) {
            counters.dropAck.increment();
            challenge(tcb, nowNs);
            return false;
        }
        return true;
    }

    /** The upper layer's look at the options. */
    private boolean options(Tcb tcb, TcpSegment segment, long nowNs) {
        UpperLayer upper = tcb.upper;
        return upper == null || verdict(tcb, upper.onSegment(tcb, segment, nowNs));
    }

    boolean verdict(Tcb tcb, UpperLayer.Verdict verdict) {
        switch (verdict) {
            case PROCEED -> {
                return true;
            }
            case DISCARD -> counters.dropUpperLayer.increment();
            case RESET -> layer.ending.failWithReset(tcb, TcpFailure.RESET);
        }
        return false;
    }

    private boolean fifth(Tcb tcb, TcpSegment segment, long nowNs) {
        if (tcb.state == TcpState.SYN_RECEIVED && !ackArrival.establish(tcb, segment, nowNs)) {
            return false;
        }
        recordTimestamp(tcb, segment, nowNs);
        if (segment.has(Tcp.CWR) && tcb.ecn.agreed()) {
            layer.ecnArrival.onCwr(tcb, segment);
        }
        ackArrival.acknowledge(tcb, segment, nowNs);
        return afterOwnFin(tcb, nowNs);
    }

    /** What our FIN's acknowledgement does to the state; false when the connection is over with it. */
    private boolean afterOwnFin(Tcb tcb, long nowNs) {
        if (!tcb.finAcked()) {
            return true;
        }
        switch (tcb.state) {
            case FIN_WAIT_1 -> {
                tcb.enter(TcpState.FIN_WAIT_2);
                if (tcb.orphaned) {
                    layer.ending.armFinWait2(tcb, nowNs);
                }
            }
            case CLOSING -> {
                layer.ending.timeWait(tcb, nowNs);
                return false;
            }
            case LAST_ACK -> {
                layer.ending.release(tcb);
                return false;
            }
            default -> {}
        }
        return true;
    }

    // Sixth, check the URG bit.

    /** Urgent data is taken in line, as RFC 6093 section 6 advises; the pointer itself is believed nowhere. */
    private void sixth(TcpSegment segment) {
        segment.flags &= ~Tcp.URG;
    }

    // Seventh, process the segment text.

    private void seventh(Tcb tcb, TcpSegment segment, long nowNs) {
        if (segment.length == 0) {
            return;
        }
        if (!tcb.state.canReceive()) {
            // "This should not occur since a FIN has been received from the remote side. Ignore the segment text."
            counters.dropAfterFin.increment();
            return;
        }
        if (tcb.orphaned && Seq.lessThan(tcb.rcvNxt, segment.seq + segment.length)) {
            // RFC 1122 section 4.2.2.13: new data after CLOSE is lost, and the peer has to know.
            // Its number is what that segment acknowledges, as from a connection that is gone: the peer may not have seen all we sent.
            counters.abortOnData.increment();
            layer.resets.answer(segment);
            layer.ending.release(tcb);
            return;
        }
        textArrival.input(tcb, segment, nowNs);
    }

    // Eighth, check the FIN bit.

    private void eighth(Tcb tcb, TcpSegment segment, long nowNs) {
        if (segment.has(Tcp.FIN) && tcb.state.canReceive() && !tcb.finArrived) {
            int finSeq = segment.seq + segment.length;
            if (Seq.lessOrEqual(finSeq, tcb.rcvAdv)) {
                tcb.finArrived = true;
                tcb.finSeq = finSeq;
            }
        }
        if (tcb.finArrived && !tcb.finReceived && tcb.finSeq == tcb.rcvNxt && tcb.state.canReceive()) {
            onFin(tcb, nowNs);
        }
    }

    private void onFin(Tcb tcb, long nowNs) {
        tcb.rcvNxt++;
        tcb.rcvAdv = Seq.max(tcb.rcvAdv, tcb.rcvNxt);
        tcb.finReceived = true;
        tcb.acks.demand(Decision.ACK_NOW);
        switch (tcb.state) {
            case ESTABLISHED -> tcb.enter(TcpState.CLOSE_WAIT);
            case FIN_WAIT_1 -> tcb.enter(TcpState.CLOSING);
            case FIN_WAIT_2 -> {
                // The last ACK goes at once: the TIME-WAIT entry only answers what comes again.
                layer.output.sendAck(tcb, Decision.ACK_NOW, nowNs);
                if (!tcb.orphaned) {
                    tcb.user.onReadable(tcb);
                }
                layer.ending.timeWait(tcb, nowNs);
                return;
            }
            default -> {}
        }
        if (!tcb.orphaned) {
            tcb.user.onReadable(tcb);
        }
    }

    /** RFC 5961: an ACK that says what we expect, at most a few per connection and time (section 7). */
    void challenge(Tcb tcb, long nowNs) {
        if (tcb.challenges.permit(nowNs)) {
            counters.challengeAcks.increment();
            if (tcb.state == TcpState.SYN_RECEIVED) {
                layer.output.sendAck(tcb, Decision.CHALLENGE_ACK, nowNs);
            } else {
                tcb.acks.demand(Decision.CHALLENGE_ACK);
            }
        }
    }
}
