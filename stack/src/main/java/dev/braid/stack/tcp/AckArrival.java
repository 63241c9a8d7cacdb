package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.congestion.AckSample;
import dev.braid.stack.congestion.CongestionControl;

/**
 * An acceptable ACK arrives (RFC 9293 section 3.10.7.4, fifth check): what it acknowledges is forgotten, the window follows, and
 * loss detection, congestion control and round-trip estimation each see it.
 */
final class AckArrival {
    /** What the timestamp clock cannot tell. */
    private static final long TICK_NS = 1_000_000L;

    /** Timeouts in a row after which the interval between repairs is at least eight times the round trip's. */
    private static final int MANY_BACKOFFS = 3;

    private final TcpLayer layer;
    private final Recovery recovery;
    private final UndoArrival undoArrival;

    AckArrival(TcpLayer layer, Recovery recovery) {
        this.layer = layer;
        this.recovery = recovery;
        undoArrival = new UndoArrival(layer);
    }

    /**
     * The ACK that makes SYN-RECEIVED or SYN-SENT ESTABLISHED.
     *
     * @return false when the listener has no room for it: the peer's next segment tries again
     */
    boolean establish(Tcb tcb, TcpSegment segment, long nowNs) {
        TcpListener listener = tcb.listener;
        if (listener != null && !listener.hasRoom()) {
            layer.listenOverflow(listener);
            return false;
        }
        tcb.enter(tcb.finQueued ? TcpState.FIN_WAIT_1 : TcpState.ESTABLISHED);
        // A repeated SYN in the same batch had asked for the answer again; the peer has it.
        tcb.synDue = false;
        if (tcb.state == TcpState.ESTABLISHED) {
            layer.counters.currEstab.increment();
        }
        // "Then enter ESTABLISHED state and continue processing with the variables: SND.WND <- SEG.WND, SND.WL1 <- SEG.SEQ,
        // SND.WL2 <- SEG.ACK"; the window of a SYN is never scaled.
        tcb.sndWnd = segment.has(Tcp.SYN) ? segment.wnd : segment.wnd << tcb.sndWndShift;
        tcb.maxSndWnd = Math.max(tcb.maxSndWnd, tcb.sndWnd);
        tcb.sndWl1 = segment.seq;
        tcb.sndWl2 = segment.ack;
        tcb.openedNs = nowNs;
        tcb.lastReceivedNs = nowNs;
        tcb.upperReady = tcb.upper != null;
        layer.refreshMss(tcb);
        handshakeAcked(tcb, segment, nowNs);
        if (listener != null) {
            listener.onEstablished(tcb);
        } else if (!tcb.orphaned) {
            tcb.user.onEstablished(tcb);
        }
        return true;
    }

    /** Our SYN is acknowledged: the first round-trip time, and a congestion window to start with. */
    private void handshakeAcked(Tcb tcb, TcpSegment segment, long nowNs) {
        SentQueue sent = tcb.sent;
        int timeouts = sent.record(0).retransmits();
        long firstSentNs = sent.record(0).firstSentNs();
        sent.beginAck();
        sent.ack(0);
        sent.rate.forgetSample();
        tcb.sndUna = tcb.iss + 1;
        tcb.deadlines.rtoNs = Deadlines.NONE;
        // The echo of the first SYN's timestamp: it was late, and not lost.
        boolean spurious = timeouts > 0
                && tcb.timestamps
                && segment.options.has(TcpOptions.TIMESTAMPS)
                && segment.options.tsEcr() == layer.timestamp(tcb, firstSentNs);
        if (timeouts > 0 && !spurious) {
            sampleTimestamp(tcb, segment, nowNs);
        } else if (!tcb.fromCookie) {
            tcb.rtt.sample(segment.arrivalNs - firstSentNs);
        }
        if (timeouts > 0) {
            tcb.rtt.handshakeWasLost();
        }
        // RFC 6928 section 2: "it is RECOMMENDED that implementations refrain from resetting the initial window to 1 segment,
        // unless there have been more than one SYN or SYN/ACK retransmissions or true loss detection has been made".
        boolean lost = timeouts > 1 && !spurious;
        tcb.timeouts = 0;
        tcb.counts.onTimeoutsOver(nowNs);
        UndoArrival.afterHandshake(tcb);
        tcb.congestion.entropy((long) tcb.iss << 32 ^ tcb.irs);
        tcb.congestion.onEstablished(tcb.sndMss, tcb.rtt.srttNs(), lost, nowNs);
        tcb.sendBuffer.follow(tcb);
        pace(tcb, nowNs);
    }

    /** An ACK in the acceptable range, old ones included. Small enough to be compiled into its callers. */
    void acknowledge(Tcb tcb, TcpSegment segment, long nowNs) {
        tcb.lastReceivedNs = nowNs;
        tcb.probesUnanswered = 0;
        tcb.moreComing = false;
        int acked = Seq.diff(segment.ack, tcb.sndUna);
        boolean blocks = tcb.sackPermitted && segment.options.has(TcpOptions.SACK);
        boolean dsack = blocks && tcb.reported.read(tcb, segment);
        if (dsack) {
            undoArrival.onReport(tcb);
        }
        if (acked < 0) {
            // "If the ACK is a duplicate (SEG.ACK < SND.UNA), it can be ignored": not so its SACK blocks, when ACKs change places.
            if (blocks) {
                sackedByOld(tcb, segment, dsack, nowNs);
            }
            return;
        }
        boolean duplicate = acked == 0 && isDuplicate(tcb, segment);
        updateWindow(tcb, segment);
        if (tcb.sndWnd == 0 && !tcb.orphaned) {
            // MUST-37: "As long as the receiving TCP peer continues to send acknowledgments in response to the probe segments,
            // the sending TCP peer MUST allow the connection to stay open", also where what was in flight serves as probe.
            tcb.timeouts = Math.min(tcb.timeouts, 1);
        }
        if (acked == 0 && tcb.sent.isEmpty() && !tcb.lossProbe.inFlight()) {
            // Nothing waits for an acknowledgment: so it is with each segment of a flow that only receives.
            undoArrival.onLateReport(tcb, dsack, nowNs);
        } else {
            enter(tcb, segment, acked, duplicate, blocks, dsack, nowNs);
        }
    }

    /** The ACK goes into the queue of what was sent; who has to hear of what that brings hears of it. */
    private void enter(
            Tcb tcb,
            TcpSegment segment,
            int acked,
            boolean mayBeDuplicate,
            boolean blocks,
            boolean dsack,
            long nowNs) {
        SentQueue sent = tcb.sent;
        // Not cleared: from here to report() each field is filled in.
        AckSample sample = tcb.sample;
        sample.inflightBefore = tcb.inflight();
        sample.ackedBytes = acked;
        sample.ece = EcnArrival.isEcho(tcb, segment);
        long packetsBefore = sent.deliveredPackets();
        sent.beginAck();
        sample.sackedBytes = blocks ? markSacked(tcb, segment, dsack) : 0;
        long sackedBefore = sent.sackedBytes();
        if (acked > 0) {
            advance(tcb, segment, nowNs);
        }
        sample.knownBytes = known(tcb, acked, (int) (sackedBefore - sent.sackedBytes()));
        boolean duplicate = mayBeDuplicate && !exempt(tcb, segment);
        sample.rttNs = sampleRtt(tcb, segment, acked, nowNs);
        if (tcb.lossProbe.inFlight()) {
            recovery.onProbeAck(tcb, duplicate && sample.sackedBytes == 0, nowNs);
        }
        if (acked == 0 && sent.isEmpty()) {
            undoArrival.onLateReport(tcb, dsack, nowNs);
            return;
        }
        boolean news = sample.sackedBytes > 0 || (duplicate && !dsack);
        if (!mayUndo(tcb, blocks) || !undoArrival.onAck(tcb, segment, acked, news, nowNs)) {
            recovery.onAck(tcb, acked, sample.sackedBytes, duplicate, segment.arrivalNs, nowNs);
        }
        tell(tcb, sample, duplicate, sent.deliveredPackets() - packetsBefore, nowNs);
        if (acked > 0) {
            onProgress(tcb, nowNs);
        }
    }

    /** How many of the bytes that an ACK moves over were known to have arrived: SACKed, or told of by duplicates. */
    private static int known(Tcb tcb, int acked, int sackedBefore) {
        return tcb.sackPermitted ? sackedBefore : tcb.loss.duplicateBytes(acked, tcb.sndMss);
    }

    /** Congestion control hears what the ACK delivered, if anything. */
    private void tell(Tcb tcb, AckSample sample, boolean duplicate, long packets, long nowNs) {
        if (sample.ece) {
            layer.ecnArrival.onEcho(tcb, tcb.sent.bytes() + sample.ackedBytes, packets, nowNs);
        }
        // Without SACK each duplicate tells of a segment that arrived.
        int told = duplicate && sample.ackedBytes == 0 && !tcb.sackPermitted ? tcb.sndMss : 0;
        int delivered = sample.ackedBytes - sample.knownBytes + sample.sackedBytes + told;
        if (sample.ackedBytes > 0 || delivered > 0) {
            sample.newlyDelivered = delivered;
            sample.ceBytes = sample.ece ? delivered : 0;
            report(tcb, sample, nowNs);
        }
    }

    /** The upper layer knows that an acknowledgment without news is one of its own. */
    private static boolean exempt(Tcb tcb, TcpSegment segment) {
        UpperLayer upper = tcb.upper;
        return upper != null && upper.exemptDuplicateAck(tcb, segment);
    }

    /** Between recoveries only a report of duplicates can still show that the last one was needless. */
    private static boolean mayUndo(Tcb tcb, boolean blocks) {
        return tcb.undo.armed() && (blocks || !tcb.loss.isCalm());
    }

    private static void onProgress(Tcb tcb, long nowNs) {
        // The back-off stays until a segment that was sent once is acknowledged (Karn, RFC 6298 section 5.7).
        tcb.timeouts = 0;
        tcb.counts.onTimeoutsOver(nowNs);
        tcb.softErrors = 0;
        tcb.softError = null;
        RetransmissionTimer.restart(tcb, nowNs);
        if (tcb.sent.sackedBytes() > 0 && tcb.sent.record(0).sacked()) {
            RetransmissionTimer.hasten(tcb, nowNs);
        }
        afterProgress(tcb);
    }

    /** An ACK older than SND.UNA: its SACK blocks may be news all the same. */
    private void sackedByOld(Tcb tcb, TcpSegment segment, boolean dsack, long nowNs) {
        undoArrival.onLateReport(tcb, dsack, nowNs);
        if (tcb.sent.isEmpty()) {
            return;
        }
        long inflightBefore = tcb.inflight();
        tcb.sent.beginAck();
        int sacked = markSacked(tcb, segment, dsack);
        if (sacked > 0) {
            recovery.onAck(tcb, 0, sacked, false, segment.arrivalNs, nowNs);
            AckSample sample = tcb.sample.clear();
            sample.sackedBytes = sacked;
            sample.newlyDelivered = sacked;
            sample.inflightBefore = inflightBefore;
            report(tcb, sample, nowNs);
        }
    }

    /** RFC 5681 section 2: what counts as a duplicate acknowledgement. */
    private static boolean isDuplicate(Tcb tcb, TcpSegment segment) {
        return segment.length == 0
                && (!tcb.sent.isEmpty() || tcb.lossProbe.inFlight())
                && (segment.flags & (Tcp.SYN | Tcp.FIN)) == 0
                && (segment.wnd << tcb.sndWndShift == tcb.sndWnd || segment.options.has(TcpOptions.SACK));
    }

    /**
     * "If (SND.WL1 < SEG.SEQ or (SND.WL1 = SEG.SEQ and SND.WL2 =< SEG.ACK)), set SND.WND <- SEG.WND". And whenever SND.UNA moves,
     * as on a retransmission with an older number: the window counts from there, and the old one would reach too far.
     */
    private static void updateWindow(Tcb tcb, TcpSegment segment) {
        if (Seq.lessThan(tcb.sndUna, segment.ack)
                || Seq.lessThan(tcb.sndWl1, segment.seq)
                || (tcb.sndWl1 == segment.seq && Seq.lessOrEqual(tcb.sndWl2, segment.ack))) {
            tcb.sndWnd = segment.wnd << (segment.has(Tcp.SYN) ? 0 : tcb.sndWndShift);
            tcb.maxSndWnd = Math.max(tcb.maxSndWnd, tcb.sndWnd);
            tcb.sndWl1 = Seq.max(tcb.sndWl1, segment.seq);
            tcb.sndWl2 = segment.ack;
        }
    }

    private static int markSacked(Tcb tcb, TcpSegment segment, boolean dsack) {
        TcpOptions options = segment.options;
        if (tcb.sent.hasRepairs()) {
            // SACKed while a hole is left, a segment does not move the timestamp echoed: only the time it took can tell.
            tcb.sent.news.repairs(segment.arrivalNs - tcb.rtt.minRttNs(), repairsImpossibleAfter(tcb, segment));
        }
        int sacked = 0;
        for (int i = dsack ? 1 : 0; i < options.sackBlocks(); i++) {
            sacked += tcb.sent.markSacked(tcb.position(options.sackLeft(i)), tcb.position(options.sackRight(i)));
        }
        return sacked;
    }

    private void advance(Tcb tcb, TcpSegment segment, long nowNs) {
        long upTo = tcb.position(segment.ack);
        if (tcb.sent.hasRepairs()) {
            tcb.sent.news.repairs(repairsCertainUpTo(tcb, segment), repairsImpossibleAfter(tcb, segment));
        }
        tcb.sent.ack(upTo);
        tcb.sndUna = segment.ack;
        long data = Math.min(upTo, tcb.stream.end());
        tcb.bytesAcked = Math.max(tcb.bytesAcked, data);
        tcb.stream.release(data);
        tcb.sendBuffer.onStream(tcb.stream.trueSize());
        UpperLayer upper = tcb.upper;
        if (upper != null) {
            upper.onAcked(tcb, data, nowNs);
        }
    }

    /**
     * RFC 8985 section 6.2, step 2: what was sent again later than this cannot be what is acknowledged, for the timestamp echoed is
     * older, or less than the shortest round trip has passed.
     */
    private static long repairsCertainUpTo(Tcb tcb, TcpSegment segment) {
        long byTime = segment.arrivalNs - tcb.rtt.minRttNs();
        if (!tcb.timestamps || !segment.options.has(TcpOptions.TIMESTAMPS) || segment.options.tsEcr() == 0) {
            return byTime;
        }
        long elapsedNs = (tcb.layer.timestamp(tcb, segment.arrivalNs) - segment.options.tsEcr()) * TICK_NS;
        return elapsedNs < 0 ? byTime : Math.min(byTime, segment.arrivalNs - elapsedNs + TICK_NS);
    }

    /** What was sent again later than this is certainly not what is acknowledged, were the path twice as short as it ever was. */
    private static long repairsImpossibleAfter(Tcb tcb, TcpSegment segment) {
        return segment.arrivalNs - tcb.rtt.minRttNs() / 2;
    }

    private static long sampleRtt(Tcb tcb, TcpSegment segment, int acked, long nowNs) {
        long sentNs = tcb.sent.news.rttSentNs();
        if (sentNs != AckNews.NO_SAMPLE) {
            long rttNs = Math.max(1, segment.arrivalNs - sentNs);
            long left = tcb.sent.bytes();
            long twoSegments = 2L * tcb.sndMss;
            tcb.rtt.sample(rttNs, left < twoSegments ? 1 : (int) (left / twoSegments));
            return rttNs;
        }
        long rttNs = acked > 0 ? sampleTimestamp(tcb, segment, nowNs) : -1;
        if (rttNs < 0 && tcb.rtt.backoffs() >= MANY_BACKOFFS) {
            judgeBackoff(tcb, segment.arrivalNs);
        }
        return rttNs;
    }

    /**
     * Which transmission an ACK is about Karn's rule cannot tell, so it measures nothing; but where every window loses its new data,
     * nothing would be measured for ever, at two minutes a step. An ACK that comes about a round trip after the repair tells that
     * the path has not become as long as the timeout has: did it answer an earlier transmission, it would come at any time of an
     * interval at least eight times as long. A quarter less than the shortest round trip will do, for that may be the only one ever
     * measured. RFC 8961 section 4 asks for no more than that the back-off ends some time.
     */
    private static void judgeBackoff(Tcb tcb, long arrivalNs) {
        long repairNs = tcb.sent.news.repairSentNs();
        long tookNs = arrivalNs - repairNs;
        if (repairNs != AckNews.NO_SAMPLE && tookNs >= tcb.rtt.minRttNs() / 4 * 3 && tookNs <= tcb.rtt.baseRtoNs()) {
            tcb.rtt.endBackoff();
        }
    }

    /** RFC 7323 section 4: an echoed timestamp tells which transmission was acknowledged, where Karn's rule cannot. */
    private static long sampleTimestamp(Tcb tcb, TcpSegment segment, long nowNs) {
        if (!tcb.timestamps || !segment.options.has(TcpOptions.TIMESTAMPS) || segment.options.tsEcr() == 0) {
            return -1;
        }
        int elapsedMs = tcb.layer.timestamp(tcb, nowNs) - segment.options.tsEcr();
        if (elapsedMs < 0 || elapsedMs * TICK_NS > nowNs - tcb.openedNs + 1_000_000_000L) {
            return -1; // an echo of nothing we sent
        }
        long repairNs = tcb.sent.news.repairSentNs();
        boolean older = repairNs != AckNews.NO_SAMPLE && elapsedMs * TICK_NS > nowNs - repairNs + TICK_NS;
        if (older && !answersOriginal(tcb, segment)) {
            // The echo is older than the repair: the first transmission had arrived, and its ACK was lost. What that measures is
            // how long the repair took, and after a back-off that is anything up to minutes.
            return -1;
        }
        long rttNs = Math.max(1, elapsedMs) * TICK_NS;
        tcb.rtt.sample(rttNs);
        return rttNs;
    }

    /**
     * The ACK is the late original's, and its age a round trip as any (RFC 4015 section 3.2): a receiver that the repair had reached
     * would have told of a duplicate. Not after a row of timeouts, which may as well have been an outage.
     */
    private static boolean answersOriginal(Tcb tcb, TcpSegment segment) {
        return tcb.sackPermitted
                && tcb.timeouts <= 2
                && segment.length == 0
                && !(segment.options.has(TcpOptions.SACK) && Seq.lessThan(segment.options.sackLeft(0), segment.ack));
    }

    /** Fills in what every sample tells, and tells congestion control. */
    private static void report(Tcb tcb, AckSample sample, long nowNs) {
        tcb.sent.rate.finishAck(sample, tcb.rtt.minRttNs(), nowNs);
        CongestionControl congestion = tcb.congestion;
        sample.nowNs = nowNs;
        sample.lostBytes = (int) tcb.sent.takeNewlyLost();
        sample.srttNs = tcb.rtt.srttNs();
        sample.minRttNs = tcb.rtt.minRttNs();
        sample.inflightAfter = tcb.inflight();
        sample.sndUna = tcb.sent.start();
        sample.sndNxt = tcb.sent.end();
        sample.cwndLimited = tcb.windowUse.limited();
        sample.mostInflight = tcb.windowUse.mostInflight();
        sample.reorders = tcb.loss.reorders();
        sample.inRecovery = tcb.loss.inRecovery();
        sample.inLoss = tcb.loss.inLoss();
        sample.selectiveAcks = tcb.sackPermitted;
        congestion.onAck(sample);
        pace(tcb, nowNs);
    }

    static void pace(Tcb tcb, long nowNs) {
        TcpConfig config = tcb.layer.config;
        tcb.pacer.rate(tcb.congestion.pacingRate(), config.minTsoSegs * tcb.sndMss, config.pacing, nowNs);
    }

    private static void afterProgress(Tcb tcb) {
        if (tcb.orphaned) {
            return;
        }
        if (tcb.wantsSpace) {
            tcb.sendBuffer.follow(tcb);
            if (tcb.hasRoomToWrite()) {
                tcb.wantsSpace = false;
                tcb.user.onWritable(tcb);
            }
        }
        if (tcb.finAcked()) {
            tcb.user.onDrained(tcb);
        }
    }
}
