package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.PathSubflow;
import dev.braid.stack.mptcp.path.PeerReset;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.Decision;
import dev.braid.stack.tcp.SegmentKind;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.stack.tcp.TcpSegment;
import dev.braid.stack.tcp.TcpState;
import dev.braid.stack.tcp.UpperLayer;
import org.jspecify.annotations.Nullable;

/**
 * One TCB of a Multipath TCP connection, seen from above: brings what TCP reports to the part of the connection that it concerns, and
 * what these want said into options. Core thread only.
 */
final class Subflow implements UpperLayer, ConnectionUser, PathSubflow {
    final MptcpConnection connection;
    final Tcb tcb;
    final SentMappings mappings = new SentMappings();
    final Pulse pulse;
    final SubflowInput input;
    final SubflowReceiver receiver;
    final SubflowOptions options;
    final SignalQueue signals = new SignalQueue();
    private final int number;
    private final boolean initiated;
    int localId;
    int remoteId;
    /** This end wants it as a backup; see {@link Priorities}. */
    boolean localBackup;
    /** Though it is, it is none now: what this end told the peer. */
    boolean standsIn;

    /** The others go first, where this end sends. */
    boolean yields;

    boolean remoteBackup;
    boolean stale;

    /** Of the segment whose options were written last. */
    private long writtenOffset;
    private int writtenLength;
    /** Why it tells the peer about addresses or priorities, if it does: a code of {@link MptcpReason}. */
    int signalled;
    /** Why the subflow was opened or accepted, then why it is closed: a code of {@link MptcpReason}. */
    int pathReason;

    /** Until both ends know what the subflow is. */
    @Nullable Handshake handshake;
    /** TCP has established it. */
    private boolean connected;
    /** Data may be sent on it, and the parts of the connection know. */
    private boolean ready;
    /** It is being closed, or reset, from this end. */
    private boolean closing;
    /** TCP has let go of it. */
    private boolean gone;
    private boolean resetDue;
    /** The peer's FIN came. */
    private boolean finArrived;
    /** What the reset of this end is to say: {@link ResetReason}. */
    int resetReason = ResetReason.NONE;
    /** What the peer's reset said. */
    @Nullable PeerReset resetReceived;
    /** The next ACK, or the reset, says MP_FAIL for {@link #mpFailDsn}. */
    boolean mpFailDue;

    long mpFailDsn;

    /**
     * A subflow of a TCB that is to be opened, or was made for a peer's SYN.
     *
     * @param initiated whether this end opens it
     */
    Subflow(MptcpConnection connection, Tcb tcb, int number, boolean initiated) {
        this.connection = connection;
        this.tcb = tcb;
        this.number = number;
        this.initiated = initiated;
        input = new SubflowInput(this);
        receiver = new SubflowReceiver(this);
        options = new SubflowOptions(connection, this);
        pulse = new Pulse(tcb);
    }

    // Options.

    @Override
    public int reserveOptions(Tcb tcb, SegmentKind kind, int room) {
        return options.reserve(kind, room);
    }

    @Override
    public Stamping stamping(Tcb tcb) {
        return signals.isEmpty() ? Stamping.ALIGNED : options.stamping();
    }

    @Override
    public int writeOptions(Tcb tcb, SegmentKind kind, long address, int reserved, long streamOffset, int length) {
        writtenOffset = streamOffset;
        writtenLength = length;
        signalled = 0;
        return options.write(kind, address, reserved, streamOffset);
    }

    @Override
    public long reasons(Tcb tcb, Decision decision) {
        return connection.decisions.told(connection.fallenBack ? 0 : reason(decision), number);
    }

    private int reason(Decision decision) {
        return switch (decision) {
            case PROBE -> pulse.reason();
            case SYN, SYN_ACK, FIN, RESET -> pathReason;
            default -> {
                int index = writtenLength == 0 ? -1 : mappings.find(writtenOffset);
                yield index < 0 ? signalled : mappings.reason(index);
            }
        };
    }

    @Override
    public Verdict onSegment(Tcb tcb, TcpSegment segment, long nowNs) {
        return input.onSegment(segment, nowNs);
    }

    @Override
    public boolean provesReset(Tcb tcb, TcpSegment segment) {
        return input.provesReset(segment);
    }

    @Override
    public boolean exemptDuplicateAck(Tcb tcb, TcpSegment segment) {
        return input.exemptsDuplicateAck();
    }

    // Data.

    @Override
    public int pull(Tcb tcb, int room, long nowNs) {
        return connection.sender.pull(this, room, nowNs);
    }

    @Override
    public long boundary(Tcb tcb, long streamOffset) {
        int index = mappings.find(streamOffset);
        return index < 0 ? Long.MAX_VALUE : mappings.offset(index) + mappings.length(index);
    }

    @Override
    public long pullable(Tcb tcb) {
        return connection.sender.pullable(this);
    }

    @Override
    public long receiveWindow(Tcb tcb) {
        return connection.receiver.window();
    }

    @Override
    public boolean isFull(Tcb tcb) {
        return connection.receiver.buffer.isFull();
    }

    @Override
    public void onAdvertised(Tcb tcb, long window) {
        connection.receiver.onAdvertised(this, window);
    }

    @Override
    public void onData(Tcb tcb, Frame frame, long streamOffset, long nowNs) {
        if (backup()) {
            connection.liveness.onBackupUsed(nowNs);
        }
        connection.receiver.onData(this, frame, streamOffset, nowNs);
        connection.onDelivered();
    }

    @Override
    public Connection accepted(Tcb tcb) {
        connection.onAccepted();
        connected();
        return connection;
    }

    // The handshake.

    private void connected() {
        connected = true;
        connection.layer.touch(connection);
    }

    /** The peer has proved what the subflow is: its handshake's options are said no more. */
    void handshakeDone() {
        handshake = null;
        connection.layer.touch(connection);
    }

    /** Whether its parts may use it, and have not heard so yet. */
    boolean becomesReady() {
        // The first subflow carries data from the third packet on, a joined one from the fourth (section 3.2).
        boolean now = connected && !ready && !closing && !gone && (number == 0 || handshake == null);
        ready |= now;
        return now;
    }

    // Its end.

    /** Ends it in order: a FIN follows what it was given. One that is not established yet ends at once. */
    void close(long nowNs) {
        if (!connected) {
            reset(ResetReason.UNSPECIFIED, nowNs);
        } else if (!closing && !gone) {
            closing = true;
            tcb.finish();
        }
    }

    /** Ends it with a reset, in the connection's next work. */
    void reset(int reason, long nowNs) {
        if (!gone) {
            closing = true;
            resetDue = true;
            resetReason = reason;
            connection.layer.touch(connection);
        }
    }

    /** Sends the reset that was noted. */
    void work(long nowNs) {
        if (resetDue && !gone) {
            resetDue = false;
            tcb.demandReset(nowNs);
        }
        if (handshake instanceof JoinHandshake join && !gone) {
            join.work(nowNs);
        }
    }

    /** When {@link #work} has something to do by itself. */
    long deadlineNs() {
        return handshake instanceof JoinHandshake join ? join.deadlineNs() : Deadlines.NONE;
    }

    /** TCP has let go of it. */
    boolean gone() {
        return gone;
    }

    /** The peer ended it in order, and this end has not. */
    boolean halfClosed() {
        return finArrived && !closing && !gone;
    }

    /** MP_FAIL is due, for data from this number on: on the next ACK, or on the reset. */
    void mpFail(long dsn) {
        mpFailDue = true;
        mpFailDsn = dsn;
    }

    // Events of the TCB.

    @Override
    public void onAcked(Tcb tcb, long streamOffset, long nowNs) {
        if (streamOffset > 0) {
            input.onAcked(nowNs);
        }
        connection.sender.onSubflowAcked(this, streamOffset, nowNs);
    }

    @Override
    public void onLoss(Tcb tcb, long nowNs) {
        connection.scheduler.onLoss(this, false, nowNs);
    }

    @Override
    public void onRto(Tcb tcb, long nowNs) {
        connection.scheduler.onLoss(this, true, nowNs);
        // Others may have waited for it.
        connection.sender.wake();
    }

    @Override
    public void onClosed(Tcb tcb, long nowNs) {
        gone = true;
        connection.layer.touch(connection);
    }

    @Override
    public void onEstablished(Connection established) {
        connected();
        if (number == 0) {
            connection.onEstablished();
        }
    }

    @Override
    public void onReadable(Connection readable) {
        if (tcb.finReceived()) {
            finArrived = true;
            connection.layer.touch(connection);
            connection.receiver.onSubflowFin(this);
        }
    }

    @Override
    public void onWritable(Connection writable) {}

    @Override
    public void onDrained(Connection drained) {
        connection.sender.onSubflowDrained(this);
    }

    @Override
    public void onFailed(Connection failed, TcpFailure failure) {}

    @Override
    public void onClosed(Connection closed) {}

    // What schedulers and path managers see.

    @Override
    public int number() {
        return number;
    }

    @Override
    public int localId() {
        return localId;
    }

    @Override
    public int remoteId() {
        return remoteId;
    }

    @Override
    public int link() {
        return tcb.link();
    }

    @Override
    public boolean usable() {
        TcpState state = tcb.state();
        return ready && !closing && !gone && state.canSend();
    }

    @Override
    public boolean backup() {
        return (localBackup && !standsIn) || remoteBackup;
    }

    @Override
    public boolean yields() {
        return yields;
    }

    @Override
    public boolean stale() {
        return stale;
    }

    @Override
    public long srttNs() {
        return tcb.srttNs();
    }

    @Override
    public long roundTripNs(long nowNs) {
        long measuredNs = tcb.probeRttNs(nowNs);
        return measuredNs == 0 ? tcb.srttNs() : measuredNs;
    }

    @Override
    public long rttvarNs() {
        return tcb.rttvarNs();
    }

    @Override
    public boolean timedOut() {
        return tcb.timeouts() > 0;
    }

    @Override
    public boolean ready(long nowNs) {
        return usable() && tcb.readyToPull(nowNs);
    }

    @Override
    public boolean waitsForWindow() {
        return outstanding() == 0 && tcb.sndWnd() < tcb.mss();
    }

    @Override
    public long outstanding() {
        return tcb.sendQueued();
    }

    @Override
    public long rtoNs() {
        return tcb.rtoNs();
    }

    @Override
    public long cwnd() {
        return tcb.cwnd();
    }

    @Override
    public long inflight() {
        return tcb.pipe();
    }

    @Override
    public long queued() {
        return tcb.sendQueued() - tcb.flightSize();
    }

    @Override
    public long pacingRate() {
        return tcb.pacingRate();
    }

    @Override
    public int mss() {
        return tcb.mss();
    }

    @Override
    public IpAddress localAddress() {
        return new IpAddress(tcb.localHi(), tcb.localLo());
    }

    @Override
    public int localPort() {
        return tcb.localPort();
    }

    @Override
    public IpAddress remoteAddress() {
        return new IpAddress(tcb.remoteHi(), tcb.remoteLo());
    }

    @Override
    public int remotePort() {
        return tcb.remotePort();
    }

    @Override
    public boolean initiated() {
        return initiated;
    }

    @Override
    public boolean established() {
        return ready;
    }

    @Override
    public boolean closing() {
        return closing || gone;
    }

    @Override
    public boolean localBackup() {
        return localBackup;
    }

    @Override
    public boolean remoteBackup() {
        return remoteBackup;
    }
}
