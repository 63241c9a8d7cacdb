package dev.braid.stack.mptcp;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.stack.mptcp.scheduler.SchedulingDecision;
import dev.braid.stack.mptcp.scheduler.SubflowView;
import dev.braid.stack.tcp.SendStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a connection's data sequence space: what the program wrote, what of it which subflow was given, what the peer
 * acknowledged (RFC 8684 section 3.3). Core thread only.
 *
 * <p>Positions count bytes since the stream's first byte; position {@code p} has the data sequence number IDSN + 1 + p, and the
 * DATA_FIN that of the position behind the last byte. A subflow asks for data when it could send some; the {@link PacketScheduler}
 * says whether it is its turn. What one call gives is one mapping. {@link DataRecovery} finds what has to go again. After a fallback
 * there is one subflow and no mapping ({@link PlainSending}): then what TCP acknowledges is acknowledged.
 */
final class DataSender {
    /** The most data of one mapping, whose length has 16 bits and may have to count a DATA_FIN. */
    static final int MAX_MAPPING = 65_534;

    final MptcpConnection connection;
    final SendStream stream = new SendStream();
    final Reinjections again = new Reinjections();
    final DataSendBuffer buffer;
    final DataRecovery recovery;
    private final DataTimers timers;
    private final PartialSegments partial;

    /** DATA_UNA: what lies before was acknowledged; one behind the end of the stream once the DATA_FIN was. */
    private long dataUna;
    /** DATA_NXT: what lies before was given to subflows. */
    private long dataNxt;
    /** Behind what the peer's window has ever allowed. */
    private long dataEdge;
    /** The largest window the peer ever offered, from DATA_ACK to its edge. */
    private long maxWindow;

    private boolean finQueued;
    /** The peer may know where the stream ends. */
    private boolean finSent;
    /** The user was told that the buffer is full. */
    private boolean wantsSpace;
    private boolean drainedSaid;
    private boolean released;
    /** After a fallback. */
    private @Nullable PlainSending plain;

    DataSender(MptcpConnection connection) {
        this.connection = connection;
        buffer = new DataSendBuffer(connection);
        timers = new DataTimers(this);
        partial = new PartialSegments(this);
        recovery = new DataRecovery(this);
    }

    // The user: see Connection.

    int sendSpace() {
        int space = mayAppend() ? buffer.room(stream, queued()) : 0;
        wantsSpace = !buffer.isWorthWaking(stream, queued());
        return space;
    }

    boolean hasRoomToWrite() {
        return mayAppend() && buffer.isWorthWaking(stream, queued());
    }

    private boolean mayAppend() {
        return !finQueued && !released;
    }

    /** Queues bytes; retains the chunk. */
    void append(Chunk chunk, int offset, int length, boolean moreComing) {
        if (!mayAppend()) {
            throw new IllegalStateException("the stream of a connection has ended");
        }
        stream.append(chunk, offset, length);
        buffer.onStream(stream.trueSize());
        partial.moreComing(moreComing);
        wake();
    }

    /** Lets what is queued leave whatever Nagle's algorithm and the cork say. */
    void pushPending() {
        partial.push();
        wake();
    }

    void settingsChanged() {
        buffer.settingsChanged();
        wake();
    }

    /** The stream ends behind what is queued: a DATA_FIN follows (RFC 8684 section 3.3.3). Idempotent. */
    void finish() {
        if (!finQueued && !released) {
            finQueued = true;
            wake();
            connection.layer.touch(connection);
        }
    }

    /** Whether {@link #finish} was called. */
    boolean finQueued() {
        return finQueued;
    }

    /** Whether the peer acknowledged the end of the stream, and all before it: the DATA_FIN, after a fallback the FIN. */
    boolean finAcked() {
        return finQueued && dataUna > stream.end();
    }

    boolean drained() {
        return stream.bytes() == 0 && (!finQueued || finAcked());
    }

    // What schedulers and diagnostics see.

    /** Bytes that no subflow was given yet. */
    long queued() {
        return stream.end() - dataNxt;
    }

    /** Bytes given to subflows that the peer has not acknowledged at the data level; none once the connection is over. */
    long unacknowledged() {
        return released ? 0 : Math.max(0, dataNxt - dataUna);
    }

    /** Bytes of new data that the peer's window allows; at most 0 = none. */
    long window() {
        return plain == null ? dataEdge - dataNxt : Integer.MAX_VALUE;
    }

    /** Whether the user was told that the buffer is full, and waits for room: what is queued is not all there will be. */
    boolean writerWaits() {
        return wantsSpace && !finQueued;
    }

    /** The largest window the peer ever offered. */
    long maxWindow() {
        return maxWindow;
    }

    /** DATA_UNA, as a position. */
    long dataUna() {
        return dataUna;
    }

    /** DATA_NXT, as a position. */
    long dataNxt() {
        return dataNxt;
    }

    /** Whether the connection fell back. */
    boolean isPlain() {
        return plain != null;
    }

    /** How it sends since it fell back; {@code null} before. */
    @Nullable
    PlainSending plain() {
        return plain;
    }

    PartialSegments partial() {
        return partial;
    }

    /** The data-level retransmission timer's interval, without back-off. */
    long retransmissionIntervalNs() {
        return timers.intervalNs();
    }

    /** Expiries of the data-level retransmission timer since the peer acknowledged something at the data level. */
    int timeouts() {
        return timers.timeouts();
    }

    /** The data sequence number of a position. */
    long dsn(long position) {
        return connection.idsnLocal + 1 + position;
    }

    // Data goes to a subflow.

    /** What {@link #pull} could give the subflow, more or less, were it its turn. */
    long pullable(Subflow subflow) {
        return again.isEmpty() || again.from() == subflow ? queued() : queued() + again.bytes();
    }

    /**
     * Gives a subflow that could send up to {@code room} bytes of data, as its scheduler says; see UpperLayer.pull.
     *
     * @return bytes given: 0 when it is not its turn, or nothing is there that may leave
     */
    int pull(Subflow subflow, int room, long nowNs) {
        if (released) {
            return 0;
        }
        if (!again.isEmpty() && plain == null) {
            int given = giveAgain(subflow, room, nowNs);
            if (given > 0) {
                return given;
            }
        }
        if (queued() == 0 || !mayCarry(subflow, nowNs)) {
            return 0;
        }
        int length = partial.sendable(room, subflow.tcb.packetMss(), nowNs);
        if (length == 0) {
            timers.onBlocked(nowNs);
            return 0;
        }
        boolean end = finQueued && length == queued();
        // The first data of all has MP_CAPABLE in place of a DSS, with no room to say that the stream ends (section 3.1).
        boolean last = end && plain == null && subflow.mappings.end() > 0;
        give(subflow, dataNxt, length, last, connection.scheduler.decision());
        boolean repeats = plain == null && connection.scheduler.repeats() && connection.subflows.size() > 1;
        if (repeats) {
            again.add(dataNxt, dataNxt + length, subflow);
        }
        dataNxt += length;
        finSent |= last;
        connection.counts.onSent(length, nowNs);
        if (queued() > 0 || repeats) {
            wakeOthers(subflow);
        }
        if (end) {
            connection.layer.touch(connection);
        }
        connection.scheduler.onSent(subflow, length, nowNs);
        connection.liveness.onGiven(nowNs);
        timers.onGiven(nowNs);
        return length;
    }

    private boolean mayCarry(Subflow subflow, long nowNs) {
        PlainSending over = plain;
        if (over != null) {
            return over.subflow() == subflow;
        }
        return isTurnOf(subflow, decided(connection.scheduler.choose(connection, nowNs)));
    }

    private @Nullable SubflowView decided(@Nullable SubflowView chosen) {
        SchedulingDecision decision = connection.scheduler.decision();
        connection.layer.counters.decided(decision);
        if (chosen == null) {
            connection.decisions.note(MptcpReason.of(decision), -1); // what is sent says so itself
        }
        return chosen;
    }

    /** Whether the choice is the one that asks; another one is told to ask. */
    private static boolean isTurnOf(Subflow asking, @Nullable SubflowView chosen) {
        if (chosen != null && chosen != asking) {
            ((Subflow) chosen).tcb.dataReady();
        }
        return chosen == asking;
    }

    private int giveAgain(Subflow subflow, int room, long nowNs) {
        if (!isTurnOf(subflow, carriesAgain(nowNs))) {
            return 0;
        }
        int mss = subflow.tcb.packetMss();
        int most = room > mss ? room / mss * mss : room;
        int length = (int) Math.min(Math.min(most, MAX_MAPPING), again.end() - again.start());
        long position = again.start();
        give(subflow, position, length, finSent && position + length == stream.end(), SchedulingDecision.AGAIN);
        again.done(position + length);
        connection.layer.counters.mptcpRetrans.increment();
        connection.counts.onSentAgain(length, nowNs);
        connection.scheduler.onSent(subflow, length, nowNs);
        connection.liveness.onGiven(nowNs);
        timers.onGiven(nowNs);
        if (!again.isEmpty()) {
            wakeOthers(subflow);
        }
        return length;
    }

    private @Nullable SubflowView carriesAgain(long nowNs) {
        Subflow from = again.from();
        Subflow first = from == null ? Fruitless.fewest(connection.subflows, again.start(), nowNs) : null;
        if (first != null) {
            connection.layer.counters.decided(SchedulingDecision.AGAIN);
            return first;
        }
        return decided(connection.scheduler.chooseAgain(connection, from, nowNs));
    }

    private void give(Subflow subflow, long position, int length, boolean last, SchedulingDecision why) {
        int sum = connection.checksum && plain == null ? stream.sum(position, length) : 0;
        subflow.mappings.add(position, length, last, sum);
        subflow.mappings.because(MptcpReason.of(why));
        stream.lend(position, length, subflow.tcb);
    }

    /** The most of one mapping that {@code room} and the peer's window allow. */
    int most(int room) {
        return (int) Math.max(0, Math.min(Math.min(room, window()), Math.min(queued(), MAX_MAPPING)));
    }

    // Acknowledgements.

    /**
     * The peer acknowledged at the data level, and its window reaches {@code window} bytes beyond.
     *
     * @param dataAck the option's field, of which the low half counts when it is not {@code wide}
     * @return whether it brought news: an acknowledgement or a window
     */
    boolean onDataAck(Subflow via, long dataAck, boolean wide, long window, long nowNs) {
        long base = dsn(0);
        long position = wide ? dataAck - base : dataUna + ((int) dataAck - (int) (base + dataUna));
        if (plain != null || released) {
            // RFC 8684 section 3.7: after an infinite mapping a sender "MUST only use subflow ACKs to clear its send buffer".
            return false;
        }
        if (position > dataNxt + (finSent ? 1 : 0)) {
            connection.layer.counters.dataAckUnsent.increment(); // of data never sent: a lie, or another connection's
            return false;
        }
        connection.counts.lastDataAckNs = nowNs;
        partial.onAck();
        // Section 3.3.5: "It should only update its local receive window values when the largest sequence number allowed (i.e.,
        // DATA_ACK + receive window) increases".
        boolean wider = position + window > dataEdge;
        if (wider) {
            dataEdge = position + window;
            maxWindow = Math.max(maxWindow, window);
        }
        boolean progress = position > dataUna;
        if (progress) {
            advance(position);
        }
        if (wider || progress) {
            timers.onAck(progress, nowNs);
            if (queued() > 0) {
                wake();
            }
        }
        return wider || progress;
    }

    /** The peer acknowledged at the subflow level what lies before {@code streamOffset}. */
    void onSubflowAcked(Subflow subflow, long streamOffset, long nowNs) {
        long before = subflow.mappings.acked();
        subflow.mappings.acknowledged(streamOffset, dataUna);
        if (released) {
            return;
        }
        if (streamOffset > before) {
            connection.scheduler.onAcked(subflow, streamOffset - before, nowNs);
        }
        PlainSending over = plain;
        if (over != null && over.subflow() == subflow) {
            long position = over.onAcked(streamOffset);
            if (position > dataUna) {
                partial.onAck();
                advance(position);
                timers.onAck(true, nowNs);
            }
        }
        if (queued() > 0 || !again.isEmpty()) {
            subflow.tcb.dataReady();
        }
    }

    private void advance(long position) {
        dataUna = position;
        stream.release(Math.min(position, stream.end()));
        buffer.onStream(stream.trueSize());
        again.done(position);
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            SentMappings mappings = subflows.get(i).mappings;
            mappings.acknowledged(mappings.acked(), position);
        }
        if (wantsSpace) {
            buffer.follow();
            if (hasRoomToWrite()) {
                wantsSpace = false;
                connection.user.onWritable(connection);
            }
        }
        if (finAcked()) {
            sayDrained();
        }
    }

    private void sayDrained() {
        connection.layer.touch(connection);
        if (!drainedSaid) {
            drainedSaid = true;
            connection.user.onDrained(connection);
        }
    }

    /** After a fallback: TCP says that all it was given, and its FIN, is acknowledged. */
    void onSubflowDrained(Subflow subflow) {
        PlainSending over = plain;
        if (over == null || over.subflow() != subflow || !finQueued) {
            return;
        }
        over.onHeard();
        if (dataUna == stream.end()) {
            dataUna = stream.end() + 1;
            sayDrained();
        }
    }

    // Subflows come and go.

    /** The subflow may carry data from now on, or its priority changed; its peer's window is known from the handshake. */
    void onUsable(Subflow subflow, long nowNs) {
        if (dataEdge == 0) {
            // No DATA_ACK came yet that a window could be relative to: the handshake's is relative to the stream's beginning.
            dataEdge = subflow.tcb.sndWnd();
            maxWindow = dataEdge;
        }
        connection.scheduler.onSubflows(connection, nowNs);
        wake();
        if (finOutstanding()) {
            subflow.tcb.demandAck();
        }
        if (finQueued) {
            connection.layer.touch(connection);
        }
    }

    /** The subflow is gone: what it has not brought to the peer goes again, and nothing is remembered of it. */
    void forget(Subflow subflow, long nowNs) {
        PlainSending over = plain;
        if (!released && (over == null || over.subflow() != subflow)) {
            long before = again.bytes();
            recovery.reinject(subflow);
            if (again.bytes() > before) {
                connection.decisions.taken(SchedulingDecision.PATH_GONE, subflow);
            }
            again.forget(subflow);
            connection.scheduler.onSubflows(connection, nowNs);
        }
        subflow.mappings.clear();
    }

    // Fallback (RFC 8684 section 3.7).

    /** Whether all data in flight is in one piece on this subflow: only then it can go on without mappings. */
    boolean isContiguous(Subflow subflow) {
        return subflow.mappings.isContiguous(dataUna, dataNxt);
    }

    /**
     * From now on the connection is a plain one over this subflow, on which all that is in flight is {@linkplain #isContiguous in one
     * piece}.
     *
     * @param infiniteMapping whether the peer is to be told with the next data
     */
    void fallBack(Subflow last, boolean infiniteMapping, long nowNs) {
        plain = new PlainSending(this, last, infiniteMapping);
        if (infiniteMapping) {
            connection.layer.counters.infiniteMapTx.increment();
        }
        again.clear();
        onSubflowAcked(last, last.mappings.acked(), nowNs);
        timers.onAck(true, nowNs);
        last.tcb.dataReady();
        connection.layer.touch(connection);
    }

    // DATA_FIN (RFC 8684 section 3.3.3).

    /** Whether the peer may know of the stream's end, and has not said so. */
    boolean finOutstanding() {
        return finSent && plain == null && !finAcked() && !released;
    }

    /** The DATA_FIN goes out, alone, on every subflow: on whichever of them it arrives. */
    void announceFin() {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (subflow.usable()) {
                subflow.tcb.demandAck();
            }
        }
    }

    // In the core's flush.

    /** When {@link #work} has something to do by itself. */
    long deadlineNs() {
        return Math.min(timers.deadlineNs(), partial.deadlineNs());
    }

    /** Does what came up in the middle of inputs, and what is due. */
    void work(long nowNs) {
        if (released) {
            return;
        }
        connection.stripped.work(nowNs);
        if (finQueued && queued() == 0) {
            endStream(nowNs);
        }
        if (partial.onDeadline(nowNs)) {
            wake();
        }
        timers.onDeadline(nowNs);
    }

    private void endStream(long nowNs) {
        PlainSending over = plain;
        if (over != null) {
            finSent = true;
            over.subflow().tcb.finish();
        } else if (!finSent && hasUsable()) {
            finSent = true;
            announceFin();
            timers.onGiven(nowNs);
        }
    }

    private boolean hasUsable() {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            if (subflows.get(i).usable()) {
                return true;
            }
        }
        return false;
    }

    /** Subflows that could send are to ask for what is there. */
    void wake() {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (subflow.usable()) {
                subflow.tcb.dataReady();
            }
        }
    }

    private void wakeOthers(Subflow than) {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (subflow != than && subflow.usable()) {
                subflow.tcb.dataReady();
            }
        }
    }

    /** Lets go of all memory: the connection is over. Idempotent. */
    void release() {
        released = true;
        stream.clear();
        buffer.onStream(0);
        again.clear();
        timers.clear();
        for (Subflow subflow : connection.subflows) {
            subflow.mappings.clear();
        }
    }
}
