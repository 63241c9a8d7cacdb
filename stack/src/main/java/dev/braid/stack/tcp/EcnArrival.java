package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Tcp;

/**
 * What arriving segments say of congestion (RFC 3168 section 6.1): marks in the IP header of payload, ECE for the sender, CWR
 * for the receiver. Asked only where a connection has agreed on ECN.
 */
final class EcnArrival {
    /** Segments acknowledged at once when a mark begins: the sender's window may soon be too small to wait for a second one. */
    private static final int QUICK_ACKS = 2;

    private final TcpLayer layer;

    EcnArrival(TcpLayer layer) {
        this.layer = layer;
    }

    /**
     * The peer says that it has reduced its window: marks before that are answered. Linux's peers say it on pure acknowledgements
     * too. Comes before {@link #onText} of the same segment, whose own mark is a new one.
     */
    void onCwr(Tcb tcb, TcpSegment segment) {
        if (!tcb.congestion.needsEcn()) {
            tcb.ecn.echo(false); // for DCTCP the echo follows from the marks alone (RFC 8257 section 3.2)
        }
        if (segment.length > 0) {
            // The window may be a single segment now, and its acknowledgement is all that the peer waits for.
            tcb.acks.demand(Decision.ACK_ECN);
        }
    }

    /** Payload in the window arrived and is not entered yet: RCV.NXT still says what came before it. */
    void onText(Tcb tcb, TcpSegment segment, long nowNs) {
        Ecn ecn = tcb.ecn;
        int codepoint = segment.trafficClass & Ecn.CE;
        if (codepoint == Ecn.NOT_ECT) {
            if (ecn.seen()) {
                // A peer that marks its data as capable does not so mark what it sends again: it waits for this one.
                tcb.acks.quickAtLeast(QUICK_ACKS);
            }
            return;
        }
        ecn.onCapable();
        boolean marked = codepoint == Ecn.CE;
        if (tcb.congestion.needsEcn()) {
            onMarkChange(tcb, marked, nowNs);
        } else if (marked && !ecn.echoes()) {
            ecn.echo(true);
            tcb.acks.quickAtLeast(QUICK_ACKS);
        }
    }

    /**
     * RFC 8257 section 3.2: "If the CE codepoint is set and DCTCP.CE is false, set DCTCP.CE to true and send an immediate ACK. If the
     * CE codepoint is not set and DCTCP.CE is true, set DCTCP.CE to false and send an immediate ACK": what an ACK was delayed for
     * goes before, with the flag that fits it, so that the sender can count marked bytes.
     */
    private void onMarkChange(Tcb tcb, boolean marked, long nowNs) {
        if (marked == tcb.ecn.echoes()) {
            return;
        }
        if (tcb.acks.unackedBytes() > 0) {
            layer.output.sendAck(tcb, Decision.ACK_ECN, nowNs);
        }
        tcb.ecn.echo(marked);
        tcb.acks.demand(Decision.ACK_ECN);
    }

    /**
     * An ACK with ECE was entered.
     *
     * @param flight FlightSize before it: of what it acknowledges some was marked
     * @param delivered packets that it acknowledged or SACKed
     */
    void onEcho(Tcb tcb, long flight, long delivered, long nowNs) {
        tcb.counts.deliveredCe += delivered;
        layer.counters.deliveredCe.add(delivered);
        if (tcb.loss.onEcnEcho(tcb.sent)) {
            tcb.undo.forget(); // what is reported of an older recovery gives nothing of this reduction back
            tcb.congestion.onEcnReduction(flight, tcb.sent.end(), nowNs);
            tcb.ecn.onReduced();
        }
    }

    /** Whether a segment's ECE means marks: on a SYN it is part of the handshake. */
    static boolean isEcho(Tcb tcb, TcpSegment segment) {
        return (segment.flags & (Tcp.ECE | Tcp.SYN)) == Tcp.ECE && tcb.ecn.agreed();
    }
}
