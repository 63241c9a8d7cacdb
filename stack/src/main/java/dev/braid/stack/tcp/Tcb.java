package dev.braid.stack.tcp;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.stack.congestion.CongestionInfo;
import dev.braid.stack.timer.Timed;
import dev.braid.stack.timer.WheelEntry;
import org.jspecify.annotations.Nullable;

/**
 * One connection and the calls its user makes (RFC 9293 section 3.9.1). Core thread only; whatever a call makes due leaves with
 * the next {@link TcpLayer#flush}.
 */
public final class Tcb extends ConnectionVariables implements LowerLayer, Timed {
    /** The segment size of a connection that does not know better (RFC 9293 section 3.7.1). */
    public static final int DEFAULT_MSS = 536;

    final TcpLayer layer;
    final WheelEntry entry = new WheelEntry(this);
    /** Link of the list of connections that {@link TcpLayer#flush} has to look at. */
    @Nullable Tcb nextActive;

    boolean active;
    /** In the flow table. */
    boolean filed;

    /** The user has heard that it is over. */
    boolean closedSaid;

    Tcb(TcpLayer layer, TcpUser user, TcpSettings settings) {
        super(layer, user, settings);
        this.layer = layer;
    }

    // The user.

    /** Names who hears of the connection from now on; what happened before shows in the accessors. */
    public void user(TcpUser user) {
        this.user = user;
    }

    /** Who hears of the connection. */
    public TcpUser user() {
        return user;
    }

    /** The settings in force: change them, then call {@link #settingsChanged}. */
    public TcpSettings settings() {
        return settings;
    }

    /** Lets changed settings take effect now. */
    public void settingsChanged(long nowNs) {
        receiveBuffer.settingsChanged(this);
        sendBuffer.settingsChanged(this);
        CongestionChoice.settingsChanged(this, nowNs);
        if (settings.quickAck && acks.deadlineNs() != Deadlines.NONE) {
            acks.demand(Decision.ACK_NOW);
        }
        if (state != TcpState.CLOSED && state != TcpState.TIME_WAIT) {
            layer.refreshMss(this);
            layer.touch(this);
        }
    }

    // Send.

    /** Bytes that {@link #append} takes now; 0 when the buffer is full or the stream has ended. */
    public int sendSpace() {
        int space = freeSendSpace();
        wantsSpace = !sendBuffer.isWorthWaking(this);
        return space;
    }

    /** Whether so much of the send buffer is free that waking a writer is worth it: a third of it. */
    public boolean hasRoomToWrite() {
        return mayAppend() && sendBuffer.isWorthWaking(this);
    }

    int freeSendSpace() {
        return mayAppend() ? sendBuffer.room(this) : 0;
    }

    private boolean mayAppend() {
        boolean open = state.canSend() || state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED;
        return open && !finQueued;
    }

    /**
     * Queues bytes of a chunk behind the stream; retains the chunk, the caller keeps its own reference. Before ESTABLISHED they
     * wait (RFC 9293 section 3.9.1.2).
     *
     * @throws IllegalStateException when the stream has ended: {@link #sendSpace()} says 0 then
     */
    @Override
    public void append(Chunk chunk, int offset, int length) {
        if (finQueued || state == TcpState.CLOSED || state == TcpState.TIME_WAIT) {
            throw new IllegalStateException("the stream of a connection in " + state + " has ended");
        }
        stream.append(chunk, offset, length);
        sendBuffer.onStream(stream.trueSize());
        pushEnd = stream.end();
        moreComing = false;
        layer.touch(this);
    }

    /**
     * As {@link #append}, of a user who says that more follows at once (MSG_MORE): a partial segment is held back until then, or
     * until an ACK or a timeout asks for output anyway, and nothing is pushed.
     */
    public void appendMore(Chunk chunk, int offset, int length) {
        long pushed = pushEnd;
        append(chunk, offset, length);
        pushEnd = pushed;
        moreComing = true;
    }

    /** Lets what is queued leave whatever Nagle's algorithm and the cork say, as setting TCP_NODELAY does. */
    public void pushPending() {
        moreComing = false;
        if (unsent() > 0) {
            overrideSws = true;
            layer.touch(this);
        }
    }

    /** Ends the stream: a FIN follows all queued data. Idempotent; without effect once the connection is gone. */
    public void finish() {
        if (finQueued || state == TcpState.CLOSED || state == TcpState.TIME_WAIT) {
            return;
        }
        finQueued = true;
        // RFC 9293 section 3.9.1.4: in ESTABLISHED "in any case, enter FIN-WAIT-1 state"; before it the request is queued.
        if (state.canSend()) {
            layer.counters.currEstab.add(-1);
        }
        if (state == TcpState.ESTABLISHED) {
            enter(TcpState.FIN_WAIT_1);
        } else if (state == TcpState.CLOSE_WAIT) {
            enter(TcpState.LAST_ACK);
        }
        layer.touch(this);
    }

    // Receive.

    /** Bytes in order that the user has not taken. */
    public ReceiveQueue received() {
        return received;
    }

    /**
     * The user took bytes out of {@link #received()}: a window update becomes due when it is worth a segment.
     *
     * @param bytes payload taken
     * @param trueSize memory given up: that of the frames which held them, as a frame is charged until its last byte is taken
     */
    public void consumed(int bytes, int trueSize, long nowNs) {
        receiveBuffer.onConsumed(this, bytes, trueSize, nowNs);
        if (receiveBuffer.unconsumed() == 0 && acks.onAllRead()) {
            layer.touch(this);
        }
        windowChanged(nowNs);
    }

    /** Whether the peer's FIN arrived and all data before it is, or was, in {@link #received()}. */
    public boolean finReceived() {
        return finReceived;
    }

    /** Payload bytes the receive buffer has room for now, unread ones included. */
    public int receiveBufferSize() {
        return receiveBuffer.size();
    }

    /** True bytes that received data pins, what the user took and did not give back included. */
    public long receivePinned() {
        return receiveBuffer.pinned();
    }

    /** Payload bytes the user may now be ahead of the peer's acknowledgements. */
    public int sendBufferSize() {
        return sendBuffer.size();
    }

    // End.

    /**
     * The user lets go: no more calls in either direction. Unread data makes it a reset (RFC 1122 section 4.2.2.13, RFC 2525
     * section 2.17), else a FIN follows the queued data and the connection ends by itself.
     */
    public void close(long nowNs) {
        layer.ending.close(this, nowNs);
    }

    /** Ends the connection with a reset (RFC 9293 section 3.9.1.7); no more callbacks. */
    public void abort(long nowNs) {
        orphaned = true;
        layer.ending.abort(this);
    }

    // State.

    /** Changes the state, and tells who observes. */
    void enter(TcpState next) {
        TcpState before = state;
        state = next;
        ConnectionObserver observer = layer.observer;
        if (observer != null && before != next) {
            observer.onState(this, before, next);
        }
    }

    /** The present state. */
    public TcpState state() {
        return state;
    }

    /** Why the connection ended before its time, or {@code null}. */
    public @Nullable TcpFailure failure() {
        return failure;
    }

    /** Local address, high half; 0 before a route was chosen. */
    public long localHi() {
        return localHi;
    }

    /** Local address, low half. */
    public long localLo() {
        return localLo;
    }

    /** Local port, 1..65535; 0 before one was chosen. */
    public int localPort() {
        return localPort;
    }

    /** Remote address, high half. */
    public long remoteHi() {
        return remoteHi;
    }

    /** Remote address, low half. */
    public long remoteLo() {
        return remoteLo;
    }

    /** Remote port, 1..65535. */
    public int remotePort() {
        return remotePort;
    }

    /** Bytes that were queued and are not acknowledged (SIOCOUTQ). */
    public long sendQueued() {
        return stream.bytes();
    }

    /** Whether all that was queued, the FIN included, is acknowledged: what lingering waits for. */
    public boolean drained() {
        return stream.bytes() == 0 && sent.isEmpty() && (!finQueued || finSent);
    }

    /** Maximum segment size for data sent, in bytes, options not counted. */
    public int mss() {
        return sndMss;
    }

    /** Smoothed round-trip time; 0 before the first sample (RFC 6298). */
    public long srttNs() {
        return rtt.srttNs();
    }

    /** Its mean deviation. */
    public long rttvarNs() {
        return rtt.rttvarNs();
    }

    /** Retransmission timeout, back-off included. */
    public long rtoNs() {
        return rtt.rtoNs();
    }

    /** Congestion window in bytes. */
    public long cwnd() {
        return congestion.cwnd();
    }

    /** Slow start threshold in bytes. */
    public long ssthresh() {
        return congestion.ssthresh();
    }

    /** What the congestion control was chosen by. */
    public String congestionControl() {
        return congestionName;
    }

    /** The congestion control's own numbers (TCP_CC_INFO), or {@code null}. Allocates. */
    public @Nullable CongestionInfo congestionInfo() {
        CongestionInfo info = congestion.info();
        // What arrives here is marked or not, whichever control sends.
        return info instanceof CongestionInfo.Dctcp sender
                ? new CongestionInfo.Dctcp(
                        ecn.agreed(), ecn.echoes(), sender.alpha(), sender.markedBytes(), sender.totalBytes())
                : info;
    }

    /** Sequence numbers sent and not acknowledged. */
    public int flightSize() {
        return sndNxt - sndUna;
    }

    /** Window the peer offers, in bytes. */
    public int sndWnd() {
        return sndWnd;
    }

    /** Payload bytes the peer acknowledged. */
    public long bytesAcked() {
        return bytesAcked;
    }

    /** Payload bytes received in order. */
    public long bytesReceived() {
        return bytesReceived;
    }

    /** Segments sent again. */
    public long retransmits() {
        return retransmits;
    }

    /** This moment of the connection, for people and programs that watch it. Allocates; not for every segment. */
    public TcpInfo info(long nowNs) {
        return TcpInfoReading.of(this, nowNs);
    }

    // The upper layer.

    /** Puts an upper layer on a connection in CLOSED, before it is opened. */
    public void attach(UpperLayer upperLayer) {
        if (state != TcpState.CLOSED) {
            throw new IllegalStateException("an upper layer is attached before the connection is opened");
        }
        upper = upperLayer;
        upperReady = true;
    }

    @Override
    public void dataReady() {
        upperReady = true;
        layer.touch(this);
    }

    @Override
    public void demandAck() {
        acks.demand(Decision.UPPER_LAYER);
        layer.touch(this);
    }

    @Override
    public void demandReset(long nowNs) {
        layer.ending.abort(this);
    }

    @Override
    public void windowChanged(long nowNs) {
        if (state.canReceive() && ReceiveWindow.worthUpdate(this)) {
            windowUpdateDue = true;
            layer.touch(this);
        }
    }

    @Override
    public void detach(@Nullable TcpUser successor, long nowNs) {
        upper = null;
        upperReady = false;
        if (successor != null) {
            user = successor;
            layer.touch(this);
        } else {
            close(nowNs);
        }
    }

    // Deadlines.

    @Override
    public void onDeadline(long nowNs) {
        layer.expiry.onDeadline(this, nowNs);
        layer.touch(this);
    }

    @Override
    public String toString() {
        return state + " " + localPort + ">" + remotePort;
    }
}
