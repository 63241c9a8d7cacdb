package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.congestion.CongestionControl;
import org.jspecify.annotations.Nullable;

/**
 * What a connection sends next: a fixed list of questions, of which the first yes is acted on. Called until all say no.
 *
 * <p>It asks three objects that do not know each other: {@link LossDetection} and its {@link SentQueue} what is lost, the
 * {@link CongestionControl} how much may be in flight, the {@link Pacer} when data may leave.
 */
final class Output {
    /** Nothing to send now. */
    static final int NOTHING = -1;

    /** Largest payload of a super-segment: an IPv4 packet of 65,535 bytes less the longest headers. */
    static final int MAX_PAYLOAD = 65_535 - 20 - Tcp.MAX_HEADER;
    /** What a segment without payload costs its connection in the turns. */
    static final int BARE_COST = 64;
    /** How long after data left more ACKs are waited for. */
    private static final long DEFER_NS = 1_000_000L;

    private final TcpLayer layer;
    private final SegmentWriter writer;
    private final Retransmission retransmission;

    Output(TcpLayer layer, SegmentWriter writer) {
        this.layer = layer;
        this.writer = writer;
        this.retransmission = new Retransmission(layer, writer);
    }

    /**
     * One turn of a connection.
     *
     * @param budget bytes after which others come first
     * @return whether there may be more to send at once
     */
    boolean turn(Tcb tcb, int budget, long nowNs) {
        if (tcb.state.synchronised() && tcb.path().mtu() != tcb.mtuSeen) {
            layer.refreshMss(tcb);
        }
        int spent = 0;
        while (spent < budget) {
            int cost = sendNext(tcb, nowNs);
            if (cost == NOTHING) {
                settle(tcb, nowNs);
                return false;
            }
            spent += cost;
        }
        return true;
    }

    /** Acts on the first question answered yes; returns what it cost in bytes, or {@link #NOTHING}. */
    private int sendNext(Tcb tcb, long nowNs) {
        if (tcb.resetDue) {
            return reset(tcb, nowNs);
        }
        if (tcb.state == TcpState.CLOSED || tcb.state == TcpState.TIME_WAIT) {
            return NOTHING;
        }
        if (tcb.synDue) {
            return firstSyn(tcb, nowNs);
        }
        int cost = tcb.lossProbe.due ? lossProbe(tcb, nowNs) : NOTHING;
        if (cost == NOTHING) {
            cost = retransmission.send(tcb, nowNs);
        }
        if (cost == NOTHING && tcb.state.synchronised()) {
            cost = newData(tcb, nowNs);
            if (cost == NOTHING && tcb.holdRepairs && tcb.frto.fallsBack(tcb)) {
                cost = retransmission.send(tcb, nowNs);
            }
            if (cost == NOTHING) {
                cost = fin(tcb, nowNs);
            }
            if (cost == NOTHING) {
                cost = acknowledgement(tcb, nowNs);
            }
            if (cost == NOTHING) {
                cost = probe(tcb, nowNs);
            }
        }
        return cost;
    }

    // Reset?

    private int reset(Tcb tcb, long nowNs) {
        tcb.resetDue = false;
        layer.counters.outRsts.increment();
        writer.sendBare(tcb, SegmentKind.RESET, tcb.sndNxt, Tcp.RST | Tcp.ACK, Decision.RESET, nowNs);
        layer.ending.release(tcb);
        return BARE_COST;
    }

    // SYN?

    private int firstSyn(Tcb tcb, long nowNs) {
        Decision decision = tcb.state == TcpState.SYN_RECEIVED ? Decision.SYN_ACK : Decision.SYN;
        if (!writer.sendSyn(tcb, decision, nowNs)) {
            return layer.noFrame(tcb, nowNs);
        }
        tcb.synDue = false;
        if (tcb.sent.isEmpty()) {
            tcb.sent.append(0, true, false, tcb.sndMss, nowNs);
            tcb.sndNxt = tcb.iss + 1;
        }
        RetransmissionTimer.arm(tcb, nowNs);
        return BARE_COST;
    }

    // Loss probe?

    /**
     * One segment beyond the congestion window, so that the peer says something: new data, else the highest again (RFC 8985 section
     * 7.3).
     */
    private int lossProbe(Tcb tcb, long nowNs) {
        tcb.lossProbe.due = false;
        if (tcb.sent.isEmpty()) {
            return NOTHING;
        }
        int packetMss = SegmentWriter.packetMss(tcb);
        int length = (int) Math.min(tcb.unsent(), packetMss);
        boolean again = length == 0 || length > (long) tcb.sndWnd - tcb.flightSize() || tcb.sent.isFull();
        int cost = again
                ? retransmission.sendHighest(tcb, packetMss, nowNs)
                : sendNew(tcb, length, packetMss, Decision.LOSS_PROBE, nowNs);
        if (cost != NOTHING) {
            tcb.lossProbe.onSent(tcb.sent.end(), again, tcb.rtt);
            RetransmissionTimer.arm(tcb, nowNs);
            layer.counters.lossProbes.increment();
        }
        return cost;
    }

    // New data?

    private int newData(Tcb tcb, long nowNs) {
        tcb.windowLimited = false;
        tcb.cwndLimited = false;
        tcb.deadlines.paceNs = Deadlines.NONE;
        if (tcb.unsent() == 0 && !pull(tcb, nowNs)) {
            return NOTHING;
        }
        if (layer.config.slowStartAfterIdle && tcb.sent.isEmpty()) {
            restartAfterIdle(tcb, nowNs);
        }
        int packetMss = SegmentWriter.packetMss(tcb);
        int length = sendable(tcb, packetMss, nowNs);
        if (length == 0) {
            return NOTHING;
        }
        tcb.lossProbe.restart = true;
        return sendNew(tcb, length, packetMss, Decision.NEW_DATA, nowNs);
    }

    private int sendNew(Tcb tcb, int length, int packetMss, Decision decision, long nowNs) {
        long from = Math.max(0, tcb.sent.end());
        boolean last = length == tcb.unsent();
        boolean fin = last && tcb.finQueued && mayCarryFin(tcb, length);
        int flags = push(tcb, from, length, packetMss) | (fin ? Tcp.FIN : 0);
        int sent = writer.sendData(tcb, from, length, packetMss, flags, decision, nowNs);
        if (sent < 0) {
            return layer.noFrame(tcb, nowNs);
        }
        boolean withFin = fin && sent == length;
        long inflight = tcb.inflight();
        tcb.sent.append(sent, false, withFin, packetMss, nowNs);
        tcb.finSent |= withFin;
        tcb.sndNxt += sent + (withFin ? 1 : 0);
        tcb.overrideSws = false;
        if (sent < packetMss ? sent > 0 : sent % packetMss != 0) {
            tcb.smallEnd = tcb.sent.end();
        }
        tcb.congestion.onSent(sent, inflight, false, nowNs);
        tcb.pacer.onSent(sent, nowNs);
        if (tcb.deadlines.rtoNs == Deadlines.NONE) {
            RetransmissionTimer.arm(tcb, nowNs);
        }
        return sent;
    }

    /**
     * RFC 9293 section 3.8 SHLD-27: a sender sets PSH on the last segment of what the user queued. On a super-segment besides:
     * whoever puts it together again at the other end then knows that nothing follows at once.
     */
    static int push(Tcb tcb, long from, int length, int packetMss) {
        boolean marked = from < tcb.pushEnd && tcb.pushEnd <= from + length;
        return marked || length > packetMss ? Tcp.PSH : 0;
    }

    private static void restartAfterIdle(Tcb tcb, long nowNs) {
        long timeouts = tcb.counts.sinceDataSentNs(tcb.openedNs, nowNs) / tcb.rtt.baseRtoNs();
        if (timeouts > 0 && tcb.sndWnd > 0) {
            tcb.congestion.onIdle(timeouts);
        }
    }

    private boolean mayCarryFin(Tcb tcb, int length) {
        return tcb.sndWnd - tcb.flightSize() > length;
    }

    private static boolean pull(Tcb tcb, long nowNs) {
        UpperLayer upper = tcb.upper;
        return upper != null && tcb.upperReady && !tcb.finQueued && Pull.from(upper, tcb, nowNs);
    }

    /** How many bytes of new data may and should go as one segment or super-segment: 0 = none. */
    private int sendable(Tcb tcb, int packetMss, long nowNs) {
        long unsent = tcb.unsent();
        long window = (long) tcb.sndWnd - tcb.flightSize();
        long allowed = tcb.congestion.cwnd() - tcb.inflight();
        if (window <= 0) {
            tcb.windowLimited = true;
            return 0;
        }
        if (allowed < Math.min(unsent, packetMss)) {
            tcb.cwndLimited = true;
            return 0;
        }
        if (tcb.sent.isFull()) {
            return 0;
        }
        long most = Math.min(Math.min(window, allowed), Math.min(frameBudget(tcb, packetMss), MAX_PAYLOAD));
        if (worthWaiting(tcb, unsent, allowed, packetMss, nowNs)) {
            tcb.cwndLimited = true;
            return 0;
        }
        if (!tcb.pacer.mayGo(nowNs)) {
            tcb.deadlines.paceNs = Math.max(nowNs + 1, tcb.pacer.nextSendNs());
            return 0;
        }
        int length = (int) Math.min(unsent, most);
        int whole = length < packetMss ? 0 : length / packetMss * packetMss;
        if (length == unsent) {
            return tail(tcb, length, whole, packetMss, nowNs);
        }
        if (whole > 0) {
            return whole;
        }
        // RFC 9293 section 3.8.6.2.1 (3): at least half the largest window ever seen, or the override timer expired.
        if (tcb.overrideSws || length >= Math.max(1, tcb.maxSndWnd / 2)) {
            return length;
        }
        tcb.windowLimited = true;
        return 0;
    }

    /**
     * Whether data left just now, more waits than may go, and enough is in flight for more ACKs to come: a larger super-segment then
     * costs less than two small ones. Not where ACKs come seldom, nor in limited transmit (RFC 3042) and recovery: there each lets its
     * segment go at once.
     */
    static boolean worthWaiting(Tcb tcb, long unsent, long allowed, int packetMss, long nowNs) {
        return unsent > allowed
                && allowed < worthWaitingFor(tcb, packetMss)
                && tcb.inflight() > tcb.congestion.cwnd() / 2
                && (tcb.loss.state() == RecoveryState.OPEN || tcb.loss.state() == RecoveryState.CWR)
                && tcb.counts.sinceDataSentNs(tcb.openedNs, nowNs) <= DEFER_NS
                && acknowledgementIsNear(tcb, nowNs);
    }

    /** The oldest data has been out for half a round trip: after that long the next ACK is worth waiting for. */
    private static boolean acknowledgementIsNear(Tcb tcb, long nowNs) {
        SentSegment oldest = tcb.sent.oldest();
        return oldest != null && nowNs - oldest.sentNs() >= tcb.rtt.srttNs() / 2;
    }

    /**
     * The most for one frame: what the pace gives, and half the window, so that ACKs come while the other half is in flight.
     */
    static long frameBudget(Tcb tcb, int packetMss) {
        return Math.min(tcb.pacer.frameBudget(), Math.max(packetMss, tcb.congestion.cwnd() / 2));
    }

    /** A super-segment worth waiting for: a part of the window, at most a full frame. */
    private static long worthWaitingFor(Tcb tcb, int packetMss) {
        return Math.min(frameBudget(tcb, packetMss), tcb.congestion.cwnd() / tcb.layer.config.tsoWinDivisor);
    }

    /**
     * All that is queued fits: whole segments go anyway, the rest if Nagle's algorithm allows it (RFC 9293 section 3.7.4), as
     * amended by Minshall: only an unacknowledged small segment holds it back, else a long write's last bytes would wait for
     * the peer's delayed ACK.
     */
    private int tail(Tcb tcb, int length, int whole, int packetMss, long nowNs) {
        if (whole == length || tcb.finQueued || tcb.overrideSws || tcb.upper != null) {
            return length;
        }
        if (tcb.settings.cork || tcb.moreComing) {
            if (whole == 0 && tcb.deadlines.corkNs == Deadlines.NONE) {
                tcb.deadlines.corkNs = nowNs + Math.max(layer.config.corkNs, tcb.rtt.baseRtoNs());
            }
            return whole;
        }
        boolean smallInFlight = tcb.smallEnd > tcb.sent.start();
        if (tcb.settings.noDelay || !smallInFlight || length >= Math.max(packetMss, tcb.maxSndWnd / 2)) {
            return length;
        }
        return whole;
    }

    // FIN?

    private int fin(Tcb tcb, long nowNs) {
        if (!tcb.finQueued || tcb.finSent || tcb.unsent() > 0) {
            return NOTHING;
        }
        if (tcb.sndWnd <= tcb.flightSize()) {
            // It takes a place in the window like a byte; sent into a closed one it would only run into the retransmission limit.
            tcb.windowLimited = true;
            return NOTHING;
        }
        if (!writer.sendBare(tcb, SegmentKind.ACK, tcb.sndNxt, Tcp.FIN | Tcp.ACK, Decision.FIN, nowNs)) {
            return layer.noFrame(tcb, nowNs);
        }
        tcb.sent.append(0, false, true, tcb.sndMss, nowNs);
        tcb.lossProbe.restart = true;
        tcb.finSent = true;
        tcb.sndNxt++;
        if (tcb.deadlines.rtoNs == Deadlines.NONE) {
            RetransmissionTimer.arm(tcb, nowNs);
        }
        return BARE_COST;
    }

    // ACK due? Window update?

    private int acknowledgement(Tcb tcb, long nowNs) {
        Decision decision;
        if (tcb.acks.due()) {
            decision = tcb.acks.reason();
        } else if (tcb.windowUpdateDue) {
            decision = Decision.WINDOW_UPDATE;
        } else {
            return NOTHING;
        }
        return sendAck(tcb, decision, nowNs) ? BARE_COST : layer.noFrame(tcb, nowNs);
    }

    /** Sends an ACK at once: for what must not wait for the end of the batch, as each out-of-order segment's. */
    boolean sendAck(Tcb tcb, Decision decision, long nowNs) {
        return writer.sendBare(tcb, SegmentKind.ACK, tcb.sndNxt, Tcp.ACK, decision, nowNs);
    }

    /** "Form an ACK segment <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> and send it": the handshake's third. */
    void thirdAck(Tcb tcb, long nowNs) {
        if (!writer.sendBare(tcb, SegmentKind.THIRD_ACK, tcb.sndNxt, Tcp.ACK, Decision.ACK_NOW, nowNs)) {
            tcb.acks.demand(Decision.ACK_NOW);
        }
    }

    // Probe?

    private int probe(Tcb tcb, long nowNs) {
        @Nullable Decision due = tcb.probeDue;
        if (due == null) {
            return NOTHING;
        }
        // One below SND.UNA: unacceptable to the peer, who must answer it with its present window and ACK number
        // (RFC 9293 section 3.10.7.4, first check), and no data that would have to be remembered.
        SegmentKind kind = tcb.probesWithOctet ? SegmentKind.PROBE : SegmentKind.ACK;
        if (!writer.sendBare(tcb, kind, tcb.sndUna - 1, Tcp.ACK, due, nowNs)) {
            return layer.noFrame(tcb, nowNs);
        }
        if (tcb.probesWithOctet) {
            tcb.probedOctet.sent(tcb.position(tcb.sndUna - 1), nowNs);
        }
        tcb.probeDue = null;
        tcb.probesWithOctet = false;
        return BARE_COST;
    }

    // When nothing is left to send.

    private static boolean hasMoreAbove(Tcb tcb) {
        UpperLayer upper = tcb.upper;
        return upper != null && upper.pullable(tcb) > 0;
    }

    /** Brings the deadlines that follow from the state up to date. */
    private static void settle(Tcb tcb, long nowNs) {
        if (tcb.state == TcpState.CLOSED || tcb.state == TcpState.TIME_WAIT) {
            return;
        }
        long unsent = tcb.unsent();
        long cwnd = tcb.congestion.cwnd();
        if (unsent < tcb.sndMss && !hasMoreAbove(tcb) && tcb.sent.lostBytes() == 0 && tcb.sent.pipe() < cwnd) {
            tcb.sent.rate.applicationLimited(tcb.sent.pipe());
        }
        boolean atLimit = tcb.cwndLimited || tcb.inflight() >= cwnd;
        tcb.windowUse.onTurn(atLimit, tcb.sent.start(), tcb.sent.end());
        // Everything that was queued is on its way, more could go, and the user waits for room to queue it.
        boolean bufferLimited = tcb.wantsSpace && unsent == 0 && !tcb.cwndLimited && !tcb.sent.isEmpty();
        tcb.counts.limits(!tcb.sent.isEmpty() || unsent > 0, tcb.windowLimited, bufferLimited, nowNs);
        if (tcb.lossProbe.restart) {
            tcb.lossProbe.schedule(tcb, nowNs);
        }
        tcb.deadlines.delayedAckNs = tcb.acks.deadlineNs();
        holdBack(tcb, nowNs);
        Expiry.armKeepAlive(tcb);
    }

    /** The deadlines of what waits: for the peer's window, or for more to send. */
    private static void holdBack(Tcb tcb, long nowNs) {
        TcbDeadlines deadlines = tcb.deadlines;
        if (tcb.windowLimited && tcb.sent.isEmpty()) {
            if (deadlines.persistNs == Deadlines.NONE) {
                deadlines.persistNs = nowNs + Expiry.persistIntervalNs(tcb);
                tcb.firstProbeNs = nowNs;
            }
        } else if (deadlines.persistNs != Deadlines.NONE) {
            deadlines.persistNs = Deadlines.NONE;
            tcb.persistBackoffs = 0;
        }
        if (deadlines.corkNs != Deadlines.NONE && (!(tcb.settings.cork || tcb.moreComing) || tcb.unsent() == 0)) {
            deadlines.corkNs = Deadlines.NONE;
        }
    }
}
