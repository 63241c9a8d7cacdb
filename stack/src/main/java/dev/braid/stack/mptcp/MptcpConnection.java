package dev.braid.stack.mptcp;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.stack.congestion.CongestionInfo;
import dev.braid.stack.mptcp.path.SubflowPlan;
import dev.braid.stack.mptcp.scheduler.ConnectionView;
import dev.braid.stack.mptcp.scheduler.PacketScheduler;
import dev.braid.stack.mptcp.scheduler.SubflowView;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.ReceiveQueue;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.stack.tcp.TcpInfo;
import dev.braid.stack.tcp.TcpSettings;
import dev.braid.stack.timer.Timed;
import dev.braid.stack.timer.WheelEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Multipath TCP connection: a data sequence space over its subflows (RFC 8684). It outlives each of them; after a fallback it is
 * the same connection over the one that is left. Core thread only; what a call makes due happens in the core's next flush.
 */
public final class MptcpConnection implements Connection, ConnectionView, Timed {
    final MptcpLayer layer;
    /** The connection's; each subflow has its own, made by {@link SubflowSettings}. */
    final TcpSettings settings;
    final MptcpSettings own;
    final DataCounts counts = new DataCounts();
    final WheelEntry entry = new WheelEntry(this);
    /** In the order of their numbers; the first is the one the connection began with. */
    final List<Subflow> subflows = new ArrayList<>();

    final DataSender sender;
    final DataReceiver receiver;
    final ConnectionPaths paths = new ConnectionPaths(this);
    final ReceiveQueue received;
    ConnectionUser user;
    @Nullable TcpFailure failure;
    /** Which subflow carries what. */
    PacketScheduler scheduler;
    /** The local end's initial data sequence number; the first byte's follows it. */
    long idsnLocal;
    /** The peer's initial data sequence number: its first byte has the one behind it. */
    long idsnRemote;
    /** Both ends agreed on checksums (RFC 8684 section 3.1, flag A). */
    boolean checksum;
    /** It is plain TCP over the one subflow that is left. */
    boolean fallenBack;

    @Nullable FallbackReason fallbackReason;
    /** In the layer's list of connections that have work to do in the next flush. */
    boolean touched;

    MptcpConnection(MptcpLayer layer, ConnectionUser user, TcpSettings settings, MptcpSettings own) {
        this.layer = layer;
        this.user = user;
        this.settings = settings;
        this.own = own;
        received = new ReceiveQueue(layer.frames);
        sender = new DataSender(this);
        scheduler = layer.scheduler(own.scheduler);
        receiver = new DataReceiver(this);
    }

    /** What was chosen for the connection and TCP knows nothing of. */
    public MptcpSettings own() {
        return own;
    }

    /** This moment of the connection and its subflows. Allocates. */
    public MptcpInfo multipathInfo(long nowNs) {
        return MptcpInfoReading.of(this, nowNs);
    }

    // The user: see Connection.

    @Override
    public void user(ConnectionUser user) {
        this.user = user;
    }

    @Override
    public TcpSettings settings() {
        return settings;
    }

    @Override
    public void settingsChanged(long nowNs) {
        for (Subflow subflow : subflows) {
            SubflowSettings.refresh(settings, subflow.tcb.settings());
            subflow.tcb.settingsChanged(nowNs);
        }
        sender.settingsChanged();
    }

    @Override
    public int sendSpace() {
        return sender.sendSpace();
    }

    @Override
    public boolean hasRoomToWrite() {
        return sender.hasRoomToWrite();
    }

    @Override
    public void append(Chunk chunk, int offset, int length) {
        sender.append(chunk, offset, length, false);
    }

    @Override
    public void appendMore(Chunk chunk, int offset, int length) {
        sender.append(chunk, offset, length, true);
    }

    @Override
    public void pushPending() {
        sender.pushPending();
    }

    @Override
    public void finish() {
        sender.finish();
    }

    @Override
    public int sendBufferSize() {
        return sender.buffer.size();
    }

    @Override
    public long sendQueued() {
        return sender.stream.bytes();
    }

    @Override
    public long sendUnacknowledged() {
        return sender.unacknowledged();
    }

    @Override
    public boolean drained() {
        return sender.drained();
    }

    @Override
    public ReceiveQueue received() {
        return received;
    }

    @Override
    public void consumed(int bytes, int trueSize, long nowNs) {
        receiver.consumed(bytes, trueSize, nowNs);
    }

    @Override
    public boolean finReceived() {
        return receiver.finReceived();
    }

    @Override
    public int receiveBufferSize() {
        return receiver.buffer.size();
    }

    @Override
    public long receivePinned() {
        return receiver.pinned();
    }

    @Override
    public void close(long nowNs) {}

    @Override
    public void abort(long nowNs) {}

    @Override
    public @Nullable TcpFailure failure() {
        return failure;
    }

    @Override
    public long localHi() {
        return first().tcb.localHi();
    }

    @Override
    public long localLo() {
        return first().tcb.localLo();
    }

    @Override
    public int localPort() {
        return first().tcb.localPort();
    }

    @Override
    public long remoteHi() {
        return first().tcb.remoteHi();
    }

    @Override
    public long remoteLo() {
        return first().tcb.remoteLo();
    }

    @Override
    public int remotePort() {
        return first().tcb.remotePort();
    }

    @Override
    public int mss() {
        return first().tcb.mss();
    }

    @Override
    public long srttNs() {
        return first().tcb.srttNs();
    }

    @Override
    public String congestionControl() {
        return first().tcb.congestionControl();
    }

    @Override
    public @Nullable CongestionInfo congestionInfo() {
        return first().tcb.congestionInfo();
    }

    @Override
    public TcpInfo info(long nowNs) {
        return first().tcb.info(nowNs);
    }

    private Subflow first() {
        return subflows.getFirst();
    }

    // What a scheduler sees.

    @Override
    public int subflows() {
        return subflows.size();
    }

    @Override
    public SubflowView subflow(int index) {
        return subflows.get(index);
    }

    @Override
    public long queued() {
        return sender.queued();
    }

    @Override
    public long unacknowledged() {
        return sender.unacknowledged();
    }

    @Override
    public long window() {
        return Math.max(0, sender.window());
    }

    @Override
    public boolean writerWaits() {
        return sender.writerWaits();
    }

    @Override
    public int timeouts() {
        return sender.timeouts();
    }

    /**
     * Replaces the packet scheduler, at once: what subflows were given stays theirs.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    public void scheduler(String name, long nowNs) {
        scheduler = layer.scheduler(name);
        own.scheduler = name;
        scheduler.onSubflows(this, nowNs);
        sender.wake();
    }

    /** The name of the packet scheduler in force. */
    public String scheduler() {
        return scheduler.name();
    }

    // Fallback.

    /** Whether this subflow is all there is, so that its bytes could be the stream's. */
    boolean mayFallBack(Subflow subflow) {
        return !fallenBack && subflows.size() == 1 && first() == subflow;
    }

    /** The connection is plain TCP over this subflow from now on, the next byte included. From the middle of an input. */
    void fallBack(Subflow last, FallbackReason reason, long nowNs) {
        fallenBack = true;
        fallbackReason = reason;
        sender.fallBack(last, reason.isTold(), nowNs);
        layer.touch(this);
    }

    // What path managers command.

    /** Opens a subflow with MP_JOIN; {@code null} when there is no way. */
    @Nullable
    Subflow join(SubflowPlan plan, long nowNs) {
        return null;
    }

    /** Ends a subflow in good order, or at once while it is not established. */
    void closeSubflow(Subflow subflow, long nowNs) {
        subflow.tcb.close(nowNs);
    }

    /** Ends a subflow with a reset. */
    void resetSubflow(Subflow subflow, int reason, long nowNs) {
        subflow.tcb.abort(nowNs);
    }

    /** Nothing new goes over the subflow until it answers a probe. */
    void suspectSubflow(Subflow subflow, long nowNs) {
        subflow.stale = true;
        subflow.tcb.demandProbe();
    }

    /** One end wants another priority of the subflow. */
    void prioritiesChanged(Subflow subflow, long nowNs) {}

    // In the core's flush, and when a deadline expires.

    /** Does what came up in the middle of inputs and could not be done there. */
    void work(long nowNs) {
        sender.work(nowNs);
        layer.wheel.schedule(entry, sender.deadlineNs());
    }

    /** A deadline of one of the parts was set: it is filed unless the wheel calls sooner anyway. */
    void deadlineMoved(long deadlineNs) {
        if (deadlineNs < entry.deadlineNs()) {
            layer.touch(this);
        }
    }

    @Override
    public void onDeadline(long nowNs) {
        layer.touch(this);
    }
}
