package dev.braid.stack.mptcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.PathSubflow;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.SegmentKind;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.stack.tcp.TcpSegment;
import dev.braid.stack.tcp.UpperLayer;

/**
 * One TCB of a Multipath TCP connection, seen from above: brings what TCP reports to the part of the connection that it concerns, and
 * what these want said into options. Core thread only.
 */
final class Subflow implements UpperLayer, ConnectionUser, PathSubflow {
    final MptcpConnection connection;
    final Tcb tcb;
    final SentMappings mappings = new SentMappings();
    final SubflowReceiver receiver;
    private final int number;
    int localId;
    int remoteId;
    boolean localBackup;
    boolean remoteBackup;
    boolean stale;
    /** What MP_TCPRST is to say, or -1. */
    int resetReason = -1;
    /** An MP_FAIL is to go with the next ACK, or with the reset. */
    boolean mpFailDue;
    /** Where the failed data begin. */
    long mpFailDsn;
    /** This end opened it. */
    boolean initiated;
    /** Its handshake is through, or was when it ended. */
    boolean established;

    final SignalQueue signals = new SignalQueue();

    Subflow(MptcpConnection connection, Tcb tcb, int number) {
        this.connection = connection;
        this.tcb = tcb;
        this.number = number;
        receiver = new SubflowReceiver(this);
    }

    // Options.

    @Override
    public int reserveOptions(Tcb tcb, SegmentKind kind, int room) {
        return 0;
    }

    @Override
    public int writeOptions(Tcb tcb, SegmentKind kind, long address, int reserved, long streamOffset, int length) {
        return 0;
    }

    @Override
    public Verdict onSegment(Tcb tcb, TcpSegment segment, long nowNs) {
        return Verdict.PROCEED;
    }

    @Override
    public boolean exemptDuplicateAck(Tcb tcb, TcpSegment segment) {
        return false;
    }

    // What the receiver wants, noted in the middle of an input.

    /** The subflow ends with a reset that says why. */
    void reset(int reason, long nowNs) {
        resetReason = reason;
        connection.layer.touch(connection);
    }

    /** An MP_FAIL is due. */
    void mpFail(long dsn) {
        mpFailDue = true;
        mpFailDsn = dsn;
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
    public void onAdvertised(Tcb tcb, long window) {
        connection.receiver.onAdvertised(this, window);
    }

    @Override
    public void onData(Tcb tcb, Frame frame, long streamOffset, long nowNs) {
        connection.receiver.onData(this, frame, streamOffset, nowNs);
    }

    @Override
    public Connection accepted(Tcb tcb) {
        return connection;
    }

    // Events of the TCB.

    @Override
    public void onAcked(Tcb tcb, long streamOffset, long nowNs) {
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
    public void onClosed(Tcb tcb, long nowNs) {}

    @Override
    public void onEstablished(Connection established) {}

    @Override
    public void onReadable(Connection readable) {}

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
        return 0;
    }

    @Override
    public boolean usable() {
        return false;
    }

    @Override
    public boolean backup() {
        return localBackup || remoteBackup;
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
        return established;
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
