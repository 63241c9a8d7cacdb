package dev.braid.stack.tcp;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.stack.congestion.CongestionControl;
import dev.braid.stack.congestion.CongestionInfo;
import dev.braid.stack.timer.Timed;
import dev.braid.stack.timer.WheelEntry;
import org.jspecify.annotations.Nullable;

/**
 * One connection and the calls its user makes (RFC 9293 section 3.9.1). Core thread only; whatever a call makes due leaves with
 * the next {@link TcpLayer#flush}.
 */
public final class Tcb extends ConnectionVariables implements Connection, LowerLayer, Timed {
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

    Tcb(TcpLayer layer, ConnectionUser user, TcpSettings settings) {
        super(layer, user, settings);
        this.layer = layer;
    }

    // The user.

    @Override
    public void user(ConnectionUser user) {
        this.user = user;
    }

    /** Who hears of the connection. */
    public ConnectionUser user() {
        return user;
    }

    /** IRS, the initial receive sequence number (RFC 9293 section 3.3.1), for diagnostics. */
    public int irs() {
        return irs;
    }

    @Override
    public TcpSettings settings() {
        return settings;
    }

    @Override
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

    @Override
    public int sendSpace() {
        int room = sendBuffer.room(this);
        wantsSpace = !sendBuffer.isWorthWaking(this, room);
        return mayAppend() ? room : 0;
    }

    @Override
    public boolean hasRoomToWrite() {
        return mayAppend() && sendBuffer.isWorthWaking(this, sendBuffer.room(this));
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

    @Override
    public void appendMore(Chunk chunk, int offset, int length) {
        long pushed = pushEnd;
        append(chunk, offset, length);
        pushEnd = pushed;
        moreComing = true;
    }

    @Override
    public void pushPending() {
        moreComing = false;
        if (unsent() > 0) {
            overrideSws = true;
            layer.touch(this);
        }
    }

    @Override
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

    @Override
    public ReceiveQueue received() {
        return received;
    }

    @Override
    public void consumed(int bytes, int trueSize, long nowNs) {
        receiveBuffer.onConsumed(this, bytes, trueSize, nowNs);
        if (receiveBuffer.unconsumed() == 0 && acks.onAllRead()) {
            layer.touch(this);
        }
        if (state.canReceive() && ReceiveWindow.worthUpdate(this)) {
            windowUpdateDue = true;
            layer.touch(this);
        }
    }

    @Override
    public boolean finReceived() {
        return finReceived;
    }

    @Override
    public int receiveBufferSize() {
        return receiveBuffer.size();
    }

    @Override
    public long receivePinned() {
        return receiveBuffer.pinned();
    }

    @Override
    public int sendBufferSize() {
        return sendBuffer.size();
    }

    // End.

    @Override
    public void close(long nowNs) {
        layer.ending.close(this, nowNs);
    }

    @Override
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

    @Override
    public @Nullable TcpFailure failure() {
        return failure;
    }

    @Override
    public long localHi() {
        return localHi;
    }

    @Override
    public long localLo() {
        return localLo;
    }

    @Override
    public int localPort() {
        return localPort;
    }

    @Override
    public long remoteHi() {
        return remoteHi;
    }

    @Override
    public long remoteLo() {
        return remoteLo;
    }

    @Override
    public int remotePort() {
        return remotePort;
    }

    @Override
    public long sendQueued() {
        return stream.bytes();
    }

    @Override
    public long sendUnacknowledged() {
        return state == TcpState.CLOSED ? 0 : flightSize();
    }

    @Override
    public boolean drained() {
        return stream.bytes() == 0 && sent.isEmpty() && (!finQueued || finSent);
    }

    @Override
    public int mss() {
        return sndMss;
    }

    @Override
    public long srttNs() {
        return rtt.srttNs();
    }

    /** The shortest round trip there was; 0 before the first was measured. */
    public long minRttNs() {
        return rtt.minRttNs();
    }

    /**
     * What a probe ({@link #demandProbe}) last took to be answered, or takes already; 0 before one was, as for peers without D-SACK. Says how
     * the path is now, even one that nothing is sent over; {@link #srttNs} is of what was sent.
     */
    public long probeRttNs(long nowNs) {
        return probedOctet.rttNs(nowNs);
    }

    /** Its mean deviation. */
    public long rttvarNs() {
        return rtt.rttvarNs();
    }

    /** Retransmission timeout, back-off included. */
    public long rtoNs() {
        return rtt.rtoNs();
    }

    /** The same without back-off: what the path's round trips ask for. */
    public long baseRtoNs() {
        return rtt.baseRtoNs();
    }

    /** Bytes believed to be in the network. */
    public long pipe() {
        return inflight();
    }

    /** Bytes of new data that windows and congestion control allow now, 0 or more. */
    public long sendableNow() {
        return Math.max(0, Math.min((long) sndWnd - flightSize(), congestion.cwnd() - inflight()));
    }

    /** Whether the upper layer would be asked for data now if it said that it has some. */
    public boolean readyToPull(long nowNs) {
        return unsent() == 0 && !finQueued && Pull.mayPull(this, nowNs);
    }

    /** When an acceptable segment arrived last. */
    public long lastReceivedNs() {
        return lastReceivedNs;
    }

    /** When the oldest of what is in flight was sent for the first time; NONE when nothing is. */
    public long oldestInFlightNs() {
        SentSegment oldest = sent.oldest();
        return oldest == null ? Deadlines.NONE : oldest.firstSentNs();
    }

    @Override
    public void pathAnswers(long nowNs) {
        if (!sent.isEmpty() && timeouts > 0) {
            rtt.endBackoff();
            deadlines.rtoNs = nowNs;
            layer.touch(this);
        }
    }

    /** Retransmission timeouts since something was acknowledged. */
    public int timeouts() {
        return timeouts;
    }

    /** What data is paced to, in bytes a second; 0 = as fast as the window allows. */
    public long pacingRate() {
        long rate = pacer.rate();
        return rate == CongestionControl.UNPACED ? 0 : rate;
    }

    /** Payload of each packet of a data segment sent now, behind all options. */
    public int packetMss() {
        return SegmentWriter.packetMss(this);
    }

    /** The window that a segment of this connection, no SYN, offers, in bytes. */
    public int windowOf(TcpSegment segment) {
        return segment.wnd << sndWndShift;
    }

    /** Congestion window in bytes. */
    public long cwnd() {
        return congestion.cwnd();
    }

    /** Slow start threshold in bytes. */
    public long ssthresh() {
        return congestion.ssthresh();
    }

    @Override
    public String congestionControl() {
        return congestionName;
    }

    @Override
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

    /** Round-trip time as the receiver sees it, by what its acknowledgements call forth; 0 when it does not know. */
    public long receiverRttNs() {
        return receiveBuffer.rttNs();
    }

    /** Payload of a full segment of the peer's, in bytes. */
    public int rcvMss() {
        return acks.rcvMss();
    }

    /** Payload bytes received in order. */
    public long bytesReceived() {
        return bytesReceived;
    }

    /** Segments sent again. */
    public long retransmits() {
        return retransmits;
    }

    @Override
    public TcpInfo info(long nowNs) {
        return TcpInfoReading.of(this, nowNs);
    }

    /** Index of the link it leaves by; -1 before a path is known. */
    public int link() {
        return path == null ? -1 : path.link();
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

    /** Whether each segment carries a timestamp (RFC 7323): 12 bytes of option space. */
    public boolean timestamps() {
        return timestamps;
    }

    @Override
    public void demandPureAck() {
        acks.demandPure(Decision.UPPER_LAYER);
        layer.touch(this);
    }

    @Override
    public void demandProbe() {
        probeDue = Decision.PROBE;
        probesWithOctet = true;
        layer.touch(this);
    }

    @Override
    public boolean demandAnswer(long nowNs) {
        return Doubt.beginAsking(this, nowNs);
    }

    @Override
    public void demandReset(long nowNs) {
        layer.ending.abort(this);
    }

    @Override
    public void windowChanged(long nowNs) {
        if (state.canReceive()) {
            windowUpdateDue = true;
            layer.touch(this);
        }
    }

    @Override
    public void receiveBuffer(int bytes) {
        receiveBuffer.follow(this, bytes);
    }

    @Override
    public void allRead() {
        if (acks.onAllRead()) {
            layer.touch(this);
        }
    }

    @Override
    public void detach(@Nullable ConnectionUser successor, long nowNs) {
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
