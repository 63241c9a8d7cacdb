package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;

/**
 * Payload arrives (RFC 9293 section 3.10.7.4, seventh check): trimmed to the window, put in order, handed to the user or the
 * upper layer.
 */
final class TextArrival {
    private final TcpLayer layer;
    private final DuplicateArrival duplicates;

    TextArrival(TcpLayer layer, DuplicateArrival duplicates) {
        this.layer = layer;
        this.duplicates = duplicates;
    }

    /** Some of the segment lies in the window. Takes its frame unless all of it is dropped. */
    void input(Tcb tcb, TcpSegment segment, long nowNs) {
        Frame frame = segment.frame();
        int seq = segment.seq;
        int before = Seq.diff(tcb.rcvNxt, seq);
        if (before > 0) {
            duplicates.report(tcb, seq, tcb.rcvNxt, nowNs);
            // "trimming off any portions that lie outside the window (including SYN and FIN)"
            frame.payloadOffset(frame.payloadOffset() + Math.min(before, segment.length));
            seq += Math.min(before, segment.length);
        }
        int beyond = Seq.diff(segment.seq + segment.length, tcb.rcvAdv);
        if (beyond > 0) {
            int kept = Math.max(0, frame.linearLength() - beyond - frame.payloadOffset());
            frame.resize(frame.payloadOffset() + kept);
            segment.flags &= ~Tcp.FIN;
            tcb.acks.demand(Decision.ACK_NOW);
        }
        int length = frame.linearLength() - frame.payloadOffset();
        if (length == 0) {
            return;
        }
        if (before <= 0 && !tcb.outOfOrder.isEmpty()) {
            duplicates.reportQueued(tcb, seq, seq + length, nowNs);
        }
        if (isFull(tcb) && !costsNothing(tcb, seq, frame)) {
            makeRoom(tcb, seq == tcb.rcvNxt);
            if (isFull(tcb)) {
                (layer.memory.isExhausted() ? layer.counters.dropMemory : layer.counters.dropReceiveBuffer).increment();
                tcb.counts.drops++;
                tcb.acks.demand(Decision.ACK_NOW);
                return;
            }
        }
        if (tcb.ecn.agreed()) {
            layer.ecnArrival.onText(tcb, segment, nowNs);
        }
        if (seq == tcb.rcvNxt) {
            timeRoundTrip(tcb, segment, nowNs);
            deliver(tcb, segment.takeFrame(), length, packetBytes(segment), segment.has(Tcp.PSH), nowNs);
            if (!tcb.outOfOrder.isEmpty()) {
                fillGap(tcb, nowNs);
            }
        } else {
            queue(tcb, segment.takeFrame(), seq, nowNs);
        }
    }

    /** Whether no more is taken, by TCP or by what lies above. */
    static boolean isFull(Tcb tcb) {
        UpperLayer upper = tcb.upper;
        return tcb.receiveBuffer.isFull(tcb) || (upper != null && upper.isFull(tcb));
    }

    /** What is next and fits behind what waits for the user, in memory that is charged already: the window had promised room for it. */
    private static boolean costsNothing(Tcb tcb, int seq, Frame frame) {
        return seq == tcb.rcvNxt && tcb.upper == null && tcb.received.absorbs(frame);
    }

    static int packetBytes(TcpSegment segment) {
        return segment.gsoSize > 0 ? Math.min(segment.gsoSize, segment.length) : segment.length;
    }

    /** In-order data tells the receiver how long its ACKs and what they call forth are under way. */
    static void timeRoundTrip(Tcb tcb, TcpSegment segment, long nowNs) {
        if (!tcb.timestamps) {
            tcb.receiveBuffer.onAdvance(tcb.rcvNxt, tcb.rcvWnd(), nowNs);
        } else if (segment.options.has(TcpOptions.TIMESTAMPS)) {
            tcb.receiveBuffer.onEcho(segment.options.tsEcr(), nowNs);
        }
    }

    /** In-order bytes: RCV.NXT moves over them. Takes the frame over. */
    void deliver(Tcb tcb, Frame frame, int length, int packetBytes, boolean pushed, long nowNs) {
        long offset = tcb.bytesReceived;
        tcb.rcvNxt += length;
        tcb.bytesReceived += length;
        tcb.acks.onData(length, packetBytes, pushed, tcb.settings.quickAck, tcb.rtt.baseRtoNs(), nowNs);
        UpperLayer upper = tcb.upper;
        if (upper != null) {
            upper.onData(tcb, frame, offset, nowNs);
            return;
        }
        long before = tcb.received.trueSize();
        tcb.received.append(frame);
        tcb.receiveBuffer.onQueued(length, tcb.received.trueSize() - before);
        if (!tcb.orphaned) {
            tcb.user.onReadable(tcb);
        }
    }

    /** RFC 5681 section 4.2: "A TCP receiver SHOULD send an immediate ACK when the incoming segment fills in ... a gap". */
    private void fillGap(Tcb tcb, long nowNs) {
        for (Frame next = tcb.outOfOrder.next(tcb.rcvNxt); next != null; next = tcb.outOfOrder.next(tcb.rcvNxt)) {
            int length = next.linearLength() - next.payloadOffset();
            // Packets that waited may share a slot by now: their number is not known, and none of them tells a segment's size.
            deliver(tcb, next, length, Math.min(length, tcb.acks.rcvMss()), false, nowNs);
        }
        tcb.receiveBuffer.onOutOfOrder(tcb.outOfOrder.trueSize());
        tcb.acks.demandWithSack();
    }

    /** Out of order: kept, and answered at once with a duplicate ACK of its own that says what is there. */
    private void queue(Tcb tcb, Frame frame, int seq, long nowNs) {
        tcb.counts.rcvOoopack++;
        tcb.outOfOrder.limit(tcb.receiveBuffer.outOfOrderLimit());
        OutOfOrderQueue.Outcome outcome = tcb.outOfOrder.insert(frame, seq);
        tcb.receiveBuffer.onOutOfOrder(tcb.outOfOrder.trueSize());
        switch (outcome) {
            case QUEUED -> layer.counters.ofoQueued.increment();
            case DUPLICATE -> layer.counters.dropDuplicate.increment();
            case NO_ROOM -> layer.counters.dropOutOfOrder.increment();
        }
        layer.output.sendAck(tcb, Decision.ACK_NOW, nowNs);
    }

    /** What is out of order was not acknowledged and can be fetched again: the last of it gives way to what is next. */
    private void makeRoom(Tcb tcb, boolean inOrder) {
        if (inOrder && !tcb.outOfOrder.isEmpty()) {
            layer.counters.dropOutOfOrder.increment();
            tcb.outOfOrder.giveUp(tcb.receiveBuffer.excess(tcb) + 1);
            tcb.receiveBuffer.onOutOfOrder(tcb.outOfOrder.trueSize());
        }
    }
}
