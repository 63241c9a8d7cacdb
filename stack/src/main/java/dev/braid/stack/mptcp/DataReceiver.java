package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.stack.tcp.OutOfOrderQueue;
import dev.braid.stack.tcp.UpperLayer.Verdict;

/**
 * The receiving half of a connection's data sequence space: what the mappings of all subflows bring is put in order here and
 * acknowledged with DATA_ACKs (RFC 8684 section 3.3). {@link SubflowReceiver} finds out where a subflow's bytes belong,
 * {@link DataWindow} what is advertised, {@link DataReceiveBuffer} how much there is room for.
 *
 * <p>Positions count from the stream's first byte, whose data sequence number is the peer's IDSN + 1. Core thread only.
 */
final class DataReceiver {
    private static final long NONE = -1;
    /** How long an MP_FAIL may stay unanswered: time for some repairs of the segment that carries the answer. */
    private static final int ANSWER_RTOS = 8;

    private static final long LEAST_ANSWER_NS = 1_000_000_000L;

    final MptcpConnection connection;
    final DataReceiveBuffer buffer;
    private final DataWindow window;
    private final MptcpLayer layer;
    private final MptcpCounters counters;
    /** By the low 32 bits of positions: all of it lies within a window of {@link #rcvNxt}. */
    private final OutOfOrderQueue outOfOrder;

    private long rcvNxt;
    private long finPosition = NONE;
    private boolean finReceived;
    /** It was a DATA_FIN that ended the stream, which occupies one octet; after a fallback it is a FIN. */
    private boolean dataFinReceived;
    private boolean wideDataAck;
    private long answerDeadlineNs = Deadlines.NONE;
    /** The connection fell back as the peer's MP_FAIL agreed to, and its infinite mapping has not come. */
    private boolean awaitsInfiniteMapping;
    /** Nobody reads any more. */
    private boolean discarding;

    DataReceiver(MptcpConnection connection) {
        this.connection = connection;
        layer = connection.layer;
        counters = layer.counters;
        buffer = new DataReceiveBuffer(layer.tcp.memory(), layer.tcp.config(), connection.settings.receiveBuffer);
        window = new DataWindow(connection, buffer);
        outOfOrder = new OutOfOrderQueue(layer.frames, buffer.waitingLimit());
    }

    // What others ask.

    /** The next data sequence number expected: what a DATA_ACK says (section 3.3.2). */
    long dataAck() {
        return connection.idsnRemote + 1 + rcvNxt + (dataFinReceived ? 1 : 0);
    }

    /** "If data is received with a 64-bit DSN, it MUST be acknowledged with a 64-bit Data ACK." */
    boolean wideDataAck() {
        return wideDataAck;
    }

    /** Place of the next byte expected. */
    long rcvNxt() {
        return rcvNxt;
    }

    /** Whether the peer's stream has ended and all of it was received. */
    boolean finReceived() {
        return finReceived;
    }

    /** Bytes behind DATA_ACK that there is room for: what every subflow advertises. */
    long window() {
        return window.toAdvertise(rcvNxt);
    }

    /** Bytes between the next one expected and the last one that waits out of order. */
    long span() {
        return outOfOrder.isEmpty() ? 0 : outOfOrder.end() - (int) rcvNxt;
    }

    /** Whether some bytes wait for others before them. */
    boolean hasHole() {
        return !outOfOrder.isEmpty();
    }

    /** Payload of a full segment of the peer's, the largest of all subflows. */
    int rcvMss() {
        return window.rcvMss();
    }

    // Subflows come, and say what they advertise.

    /** A subflow is established: it takes from now on what the connection has room for. */
    void onSubflow(Subflow subflow) {
        subflow.tcb.receiveBuffer(buffer.size());
    }

    /** A subflow sent a segment with this window. */
    void onAdvertised(Subflow subflow, long bytes) {
        window.onAdvertised(subflow, rcvNxt, bytes);
    }

    /** SO_RCVBUF was set. */
    void settingsChanged() {
        buffer.settingsChanged(connection.settings.receiveBuffer);
        followBuffer();
    }

    private void followBuffer() {
        for (int i = 0; i < connection.subflows.size(); i++) {
            connection.subflows.get(i).tcb.receiveBuffer(buffer.size());
        }
    }

    // Options.

    /**
     * A segment carries a mapping, in a DSS option or in MP_CAPABLE: it goes with the payload.
     *
     * @param frame the segment's, which stays its own
     * @param payload bytes of payload, 0 or more
     * @return what is to become of the segment
     */
    Verdict onMapping(Subflow subflow, Frame frame, int payload, MptcpOptions options, long nowNs) {
        if (connection.fallenBack) {
            return Verdict.PROCEED;
        }
        int length = options.dss().dataLevelLength();
        wideDataAck = options.dss().dsnIs64();
        long position = position(options.dss().dsn(), wideDataAck);
        if (length == DssMapping.INFINITE) {
            counters.infiniteMapRx.increment();
        } else if (options.dss().hasChecksum() != connection.checksum) {
            // "If a checksum is present but its use had not been negotiated in the MP_CAPABLE handshake, the receiver MUST close the
            // subflow with a RST"; likewise "if a checksum is not present when its use has been negotiated".
            subflow.reset(ResetReason.MPTCP_ERROR, nowNs);
            return Verdict.DISCARD;
        }
        if (options.dss().dataFin() && length == 1) {
            if (!connection.checksum || subflow.receiver.verifyFin(position, options, nowNs)) {
                onDataFin(subflow, position);
            }
            return Verdict.PROCEED; // nothing else is mapped
        }
        if (options.dss().dataFin() && length > 0 && !connection.checksum) {
            onDataFin(subflow, position + length - 1);
        }
        if (payload == 0) {
            return Verdict.PROCEED;
        }
        int checksum = options.dss().hasChecksum() ? options.dss().checksum() : -1;
        boolean attached = DssMapping.attach(
                frame, position, options.dss().ssn(), length, options.dss().dataFin(), checksum);
        return attached ? Verdict.PROCEED : Verdict.DISCARD;
    }

    /**
     * Place of a data sequence number in the stream. One of 32 bits is the nearest to what is expected next: "a sanity check MUST be
     * implemented to ensure that a wrap occurs at an expected time" (section 3.3.1).
     */
    private long position(long dsn, boolean wide) {
        long first = connection.idsnRemote + 1;
        return wide ? dsn - first : rcvNxt + ((int) dsn - (int) (first + rcvNxt));
    }

    /** The peer said where its stream ends, and a checksum that goes with it was right. */
    void onDataFin(Subflow subflow, long position) {
        if (finPosition == NONE && position >= rcvNxt && position - rcvNxt < 1L << 31) {
            finPosition = position;
            dropBehindFin();
        }
        if (finReceived) {
            // Sent again: our DATA_ACK was lost. While bytes before it are missing nothing is said, for the peer says it with each
            // of its acknowledgements, and two such ends would answer each other for ever.
            subflow.tcb.demandAck();
        }
        checkFin(subflow);
    }

    private void dropBehindFin() {
        if (!outOfOrder.isEmpty() && outOfOrder.end() - (int) finPosition > 0) {
            // A peer that contradicts itself: what it sent behind its end is not data.
            clearOutOfOrder();
        }
    }

    private void checkFin(Subflow subflow) {
        if (!finReceived && finPosition == rcvNxt) {
            finReceived = true;
            dataFinReceived = !connection.fallenBack;
            subflow.tcb.demandAck();
            layer.touch(connection);
            tellUser();
        }
    }

    // Failed checksums.

    /** An MP_FAIL was sent on the only subflow: unless the peer answers in time, it is of no use any more. */
    void awaitAnswer(Subflow subflow, long nowNs) {
        answerDeadlineNs = nowNs + Math.max(LEAST_ANSWER_NS, ANSWER_RTOS * subflow.tcb.rtoNs());
        layer.touch(connection);
    }

    /**
     * The peer says MP_FAIL on a subflow that goes on: what was sent to it from there on is lost, or our own MP_FAIL is answered. "The
     * receiver of an MP_FAIL MUST also respond with an MP_FAIL in the reverse direction and entirely revert to a regular TCP session";
     * where the data in flight are not contiguous "the receiver MUST close the subflow with a RST with MP_FAIL" (section 3.7).
     */
    void onMpFail(Subflow subflow, long nowNs) {
        counters.mpFailRx.increment();
        if (connection.fallenBack) {
            // The peer knows, or does not know yet that this end does.
            subflow.mpFailDue = connection.fallbackReason == FallbackReason.MP_FAIL;
            return;
        }
        boolean answered = subflow.receiver.isFailed();
        if (answered) {
            answerDeadlineNs = Deadlines.NONE;
        } else {
            subflow.mpFail(dataAck());
            subflow.tcb.demandAck();
        }
        if (subflow.receiver.mayFallBack()) {
            awaitsInfiniteMapping = answered;
            connection.fallback.begin(subflow, answered ? FallbackReason.CHECKSUM : FallbackReason.MP_FAIL, nowNs);
            if (answered) {
                subflow.tcb.demandAck();
            }
        } else {
            counters.fallbackFailed.increment();
            subflow.reset(ResetReason.MIDDLEBOX, nowNs);
        }
    }

    /**
     * Whether pure ACKs have a DATA_ACK. After a fallback they have so long as the peer answered by MP_FAIL alone: "After a sender signals
     * an infinite mapping, it MUST only use subflow ACKs to clear its send buffer" (section 3.7), so before that it may need ours. Linux
     * says its infinite mapping with new data, and takes none from its program while the buffer is full.
     */
    boolean isAcknowledging() {
        return !connection.fallenBack || awaitsInfiniteMapping;
    }

    /** After a fallback the peer says an infinite mapping: it needs no DATA_ACK any more. */
    void onLateInfiniteMapping() {
        if (awaitsInfiniteMapping) {
            awaitsInfiniteMapping = false;
            counters.infiniteMapRx.increment();
        }
    }

    /** When {@link #work} has something to do. */
    long deadlineNs() {
        return answerDeadlineNs;
    }

    /** Does what is due. */
    void work(long nowNs) {
        if (nowNs < answerDeadlineNs) {
            return;
        }
        answerDeadlineNs = Deadlines.NONE;
        for (int i = 0; i < connection.subflows.size(); i++) {
            Subflow subflow = connection.subflows.get(i);
            if (subflow.receiver.isFailed()) {
                subflow.reset(ResetReason.MIDDLEBOX, nowNs);
            }
        }
    }

    // Data.

    /** A subflow delivers in-order bytes; takes the frame. */
    void onData(Subflow subflow, Frame frame, long streamOffset, long nowNs) {
        subflow.receiver.onData(frame, streamOffset, nowNs);
    }

    /** A subflow's stream has ended: after a fallback that is the end of all. */
    void onSubflowFin(Subflow subflow) {
        if (connection.fallenBack && !finReceived) {
            finPosition = rcvNxt;
            checkFin(subflow);
        }
    }

    /** Bytes whose place in the stream is known, in any order; takes the frame. */
    void place(Subflow subflow, Frame frame, long position, long nowNs) {
        long at = position;
        long end = at + payload(frame);
        if (finPosition != NONE && end > finPosition) {
            end = cut(frame, end, Math.max(at, finPosition));
        }
        if (at < rcvNxt) {
            counters.duplicateData.increment();
            long known = Math.min(end, rcvNxt) - at;
            frame.payloadOffset(frame.payloadOffset() + (int) known);
            at += known;
            if (at == end) {
                // Bytes that were here already may be a probe of the path: it is answered at once.
                subflow.tcb.demandAck();
            }
        }
        if (end > window.edge()) {
            // RFC 8684 section 3.8: "DSN out of window (during normal operation): drop the data; do not send Data ACKs".
            counters.noDssInWindow.increment();
            end = cut(frame, end, Math.max(at, window.edge()));
        }
        if (at >= end || discarding) {
            frame.release();
        } else if (at == rcvNxt) {
            buffer.onArrived(end - at);
            deliver(frame, nowNs);
            if (!outOfOrder.isEmpty()) {
                fillGap(subflow, nowNs);
            }
            checkFin(subflow);
        } else {
            connection.counts.lastDataReceivedNs = nowNs;
            connection.liveness.onHole(nowNs);
            queue(frame, at);
            if (buffer.follow(connection, span(), nowNs)) {
                followBuffer();
            }
        }
    }

    /** Bytes of the one subflow that is left after a fallback: they follow what was received. Takes the frame. */
    void placeNext(Frame frame, long nowNs) {
        if (discarding || finReceived) {
            frame.release();
        } else {
            buffer.onArrived(payload(frame));
            deliver(frame, nowNs);
        }
    }

    private static long cut(Frame frame, long end, long to) {
        frame.resize(frame.linearLength() - (int) (end - to));
        return to;
    }

    private void deliver(Frame frame, long nowNs) {
        int length = payload(frame);
        makeRoom();
        long before = connection.received.trueSize();
        if (buffer.isWasteful()) {
            connection.received.appendPacked(frame);
        } else {
            connection.received.append(frame);
        }
        rcvNxt += length;
        connection.counts.onReceived(length, nowNs);
        buffer.onQueued(length, connection.received.trueSize() - before);
        tellUser();
    }

    /** What waits can be fetched again, from the connection if not from the subflow: the last of it gives way to what is next. */
    private void makeRoom() {
        long excess = outOfOrder.isEmpty() ? -1 : buffer.excess(rcvMss());
        if (excess >= 0) {
            counters.rcvPruned.increment();
            outOfOrder.giveUp(excess + 1);
            countWaiting();
        }
    }

    private void countWaiting() {
        buffer.onWaiting(outOfOrder.bytes(), outOfOrder.trueSize());
    }

    private void fillGap(Subflow subflow, long nowNs) {
        boolean filled = false;
        for (Frame next = outOfOrder.next((int) rcvNxt); next != null; next = outOfOrder.next((int) rcvNxt)) {
            countWaiting();
            filled = true;
            deliver(next, nowNs);
        }
        countWaiting();
        if (filled) {
            // The other subflows' data counts now: the peer's window moves by all of it.
            subflow.tcb.demandAck();
        }
    }

    private void queue(Frame frame, long position) {
        boolean last = !outOfOrder.isEmpty() && outOfOrder.end() - (int) position <= 0;
        int frames = outOfOrder.frames();
        long bytes = outOfOrder.bytes();
        outOfOrder.limit(buffer.waitingLimit(), buffer.wastefulFrom());
        OutOfOrderQueue.Outcome outcome = outOfOrder.insert(frame, (int) position);
        countWaiting();
        buffer.onArrived(Math.max(0, outOfOrder.bytes() - bytes));
        switch (outcome) {
            case QUEUED -> {
                counters.ofoQueue.increment();
                if (last) {
                    counters.ofoQueueTail.increment();
                }
                if (outOfOrder.frames() <= frames) {
                    counters.ofoMerge.increment();
                }
            }
            case DUPLICATE -> counters.duplicateData.increment();
            case NO_ROOM -> counters.rcvPruned.increment();
        }
    }

    private static int payload(Frame frame) {
        return frame.linearLength() - frame.payloadOffset();
    }

    private void tellUser() {
        if (!discarding) {
            connection.user.onReadable(connection);
        }
    }

    // The user.

    /** The user took bytes: see Connection. */
    void consumed(int bytes, int trueSize, long nowNs) {
        if (buffer.onConsumed(connection, bytes, trueSize, span(), nowNs)) {
            followBuffer();
        }
        if (buffer.unconsumed() == 0) {
            for (int i = 0; i < connection.subflows.size(); i++) {
                connection.subflows.get(i).tcb.allRead();
            }
        }
        window.onRoom(rcvNxt, nowNs);
    }

    /** True bytes that received data pins, in the subflows too. */
    long pinned() {
        return buffer.pinned() + window.inSubflows();
    }

    /** Lets go of all memory: nobody reads any more. What still comes is acknowledged, so that the peer's end can. */
    void release() {
        discarding = true;
        clearOutOfOrder();
        for (int i = 0; i < connection.subflows.size(); i++) {
            connection.subflows.get(i).receiver.release();
        }
        connection.received.clear();
        buffer.release();
    }

    private void clearOutOfOrder() {
        outOfOrder.clear();
        countWaiting();
    }
}
