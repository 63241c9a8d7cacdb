package dev.braid.stack.mptcp;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.stack.congestion.CongestionInfo;
import dev.braid.stack.mptcp.scheduler.ConnectionView;
import dev.braid.stack.mptcp.scheduler.PacketScheduler;
import dev.braid.stack.mptcp.scheduler.SubflowView;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.ReceiveQueue;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.stack.tcp.TcpInfo;
import dev.braid.stack.tcp.TcpSettings;
import dev.braid.stack.tcp.TcpState;
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
    final DataCounts counts = new DataCounts(this);
    final WheelEntry entry = new WheelEntry(this);
    /** Those that TCP has not let go of, in the order of their numbers. */
    final List<Subflow> subflows = new ArrayList<>();
    /** The one the connection began with, present or not: its addresses are the connection's. */
    final Subflow initial;

    final DataSender sender;
    final DataReceiver receiver;
    final ReceiveQueue received;
    final Priorities priorities = new Priorities(this);
    final Liveness liveness = new Liveness(this);
    final DssOption dss = new DssOption(this);
    final ConnectionPaths paths = new ConnectionPaths(this);
    final Fallback fallback = new Fallback(this);
    final StrippedOptions stripped = new StrippedOptions(this);
    final Decisions decisions;
    final SubflowRoster roster;
    final ConnectionLife life;
    ConnectionUser user;
    @Nullable TcpFailure failure;
    /** Which subflow carries what. */
    PacketScheduler scheduler;

    // What MP_CAPABLE settled (RFC 8684 section 3.1).

    /** The peer opened it. */
    final boolean serverSide;

    private HostKey local = HostKey.UNKNOWN;
    long localKey;
    long remoteKey;
    /** What names the connection here. */
    int token;
    /** What names it at the peer. */
    int remoteToken;
    /** The local end's initial data sequence number; the first byte's follows it. */
    long idsnLocal;
    /** The peer's. */
    long idsnRemote;
    /** Mappings carry checksums in both directions. */
    boolean checksum;
    /** The peer takes no subflows to the address and port it has now (flag C). */
    boolean remoteDeniesInitialAddress;

    /** A further subflow may have carried data: bytes without mapping on the first one need not be the stream's next ones any more. */
    boolean joined;

    private boolean fullyEstablished;
    /** The path managers know of the connection. */
    private boolean pathsKnown;
    /** It is plain TCP over the one subflow that is left. */
    boolean fallenBack;

    @Nullable FallbackReason fallbackReason;
    /** Its subflows' resets say MP_FASTCLOSE. */
    boolean fastClosing;
    /** In the layer's list of connections that have work to do in the next flush. */
    boolean touched;

    /** A connection that this end opens. */
    MptcpConnection(MptcpLayer layer, ConnectionUser user, TcpSettings settings, MptcpSettings own) {
        this(layer, user, null, settings, own);
    }

    /**
     * @param accepted the TCB that was made for the peer's SYN; {@code null}: this end opens the connection
     */
    MptcpConnection(
            MptcpLayer layer, ConnectionUser user, @Nullable Tcb accepted, TcpSettings settings, MptcpSettings own) {
        this.layer = layer;
        this.user = user;
        this.settings = settings;
        this.own = own;
        serverSide = accepted != null;
        received = new ReceiveQueue(layer.frames);
        sender = new DataSender(this);
        scheduler = layer.scheduler(own.scheduler);
        receiver = new DataReceiver(this);
        decisions = new Decisions(this);
        roster = new SubflowRoster(this);
        life = new ConnectionLife(this);
        checksum = layer.config.checksum;
        Tcb tcb = accepted != null ? accepted : layer.tcp.open(Unaccepted.USER, SubflowSettings.of(settings));
        initial = new Subflow(this, tcb, 0, accepted == null);
        tcb.user(initial);
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
        ownChanged(nowNs);
        receiver.settingsChanged();
    }

    private void ownChanged(long nowNs) {
        String wanted = own.scheduler;
        if (wanted != null && !wanted.equals(scheduler.name()) && layer.schedulers().has(wanted)) {
            scheduler(wanted, nowNs);
        }
        String managers = own.pathManagers;
        if (managers != null && !fallenBack) {
            paths.chooseManagers(managers);
        }
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
    public void close(long nowNs) {
        life.close(nowNs);
    }

    @Override
    public void abort(long nowNs) {
        life.abort(nowNs);
    }

    @Override
    public @Nullable TcpFailure failure() {
        return failure;
    }

    @Override
    public long localHi() {
        return initial.tcb.localHi();
    }

    @Override
    public long localLo() {
        return initial.tcb.localLo();
    }

    @Override
    public int localPort() {
        return initial.tcb.localPort();
    }

    @Override
    public long remoteHi() {
        return initial.tcb.remoteHi();
    }

    @Override
    public long remoteLo() {
        return initial.tcb.remoteLo();
    }

    @Override
    public int remotePort() {
        return initial.tcb.remotePort();
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

    /** The state that a TCP connection of the same history would be in. */
    public TcpState state() {
        return life.state();
    }

    /** What names the connection at this end (RFC 8684 section 3.1); 0 where none was drawn. */
    public int token() {
        return token;
    }

    /** Why it is plain TCP now; {@code null} while it is Multipath TCP. */
    public @Nullable FallbackReason fallbackReason() {
        return fallbackReason;
    }

    private Subflow first() {
        return subflows.isEmpty() ? initial : subflows.getFirst();
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

    // The handshake.

    /** The connection begins with this key: its token names it from now on. */
    void begin(HostKey key) {
        local = key;
        localKey = key.key();
        token = key.token();
        idsnLocal = key.idsn();
        layer.tokens.insert(key, this);
        layer.connections.add(this);
        subflows.add(initial);
        initial.handshake = new CapableHandshake(this, initial);
    }

    /** The connection begins as plain TCP. */
    void beginPlain(FallbackReason reason, long nowNs) {
        layer.connections.add(this);
        subflows.add(initial);
        fallback.begin(initial, reason, nowNs);
    }

    /** The peer said its key. */
    void remoteKeyIs(HostKey key) {
        remoteKey = key.key();
        remoteToken = key.token();
        idsnRemote = key.idsn();
    }

    /** The first subflow is established, by this end. */
    void onEstablished() {
        life.onEstablished();
        user.onEstablished(this);
    }

    /** The first subflow is established, by the peer: a listener hands the connection out. */
    void onAccepted() {
        life.onEstablished();
    }

    /** Both ends know that the other one speaks Multipath TCP: subflows may be added. */
    void onFullyEstablished() {
        fullyEstablished = true;
        layer.touch(this);
    }

    boolean isFullyEstablished() {
        return fullyEstablished;
    }

    // Subflows.

    /** What the path managers are called, in their order; none before Multipath TCP is proved. */
    public List<String> pathManagers() {
        return paths.managerNames();
    }

    /**
     * Replaces the path managers, in the middle of the connection's life too: what the old ones opened and announced stays.
     *
     * @param names separated by blanks, as in {@code net.mptcp.path_manager}
     * @throws IllegalArgumentException when there is none of one of the names
     */
    public void pathManagers(String names) {
        layer.pathManagers().requireKnown(names);
        own.pathManagers = names;
        paths.replaceManagers(names);
    }

    /** A subflow fell silent while others did not, or answered again. */
    void stale(Subflow subflow, boolean silent) {
        if (subflow.stale == silent) {
            return;
        }
        subflow.stale = silent;
        MptcpObserver observer = layer.observer;
        if (observer != null) {
            observer.onSubflowStale(this, subflow, subflow.tcb);
        }
    }

    /** The subflow may carry data from now on, or again, or one end wants another priority of it. */
    void onUsable(Subflow subflow, long nowNs) {
        if (subflow.usable()) {
            sender.onUsable(subflow, nowNs);
        }
        priorities.settle(nowNs);
    }

    // The end.

    /** Payload came: where nobody reads any more, the peer has to know. */
    void onDelivered() {
        if (life.isOrphaned()) {
            layer.touch(this);
        }
    }

    /** Whether this is the key of this end's, once there is one. */
    boolean isLocalKey(long key) {
        return key == localKey && token != 0;
    }

    /** MP_FASTCLOSE came: "upon receipt ... containing the valid key" the connection ends. */
    void onFastClose(long key) {
        if (isLocalKey(key)) {
            layer.counters.mpFastcloseRx.increment();
            life.onFastClose();
        }
    }

    /** The peer did not acknowledge in the time that the user gives it. */
    void timedOut() {
        life.timedOut();
    }

    /** It is over: nothing finds it any more. */
    void forget() {
        forgetToken();
        paths.onClosed();
    }

    /** No join finds it any more. */
    void forgetToken() {
        layer.tokens.remove(local, this);
    }

    // In the core's flush, and when a deadline expires.

    /** Does what came up in the middle of inputs and could not be done there. */
    void work(long nowNs) {
        roster.work(nowNs);
        if (fullyEstablished && !pathsKnown && !fallenBack) {
            pathsKnown = true;
            paths.onEstablished(initial, token, serverSide, remoteDeniesInitialAddress);
        }
        life.work(nowNs);
        if (life.isOver()) {
            layer.wheel.cancel(entry);
            return;
        }
        liveness.work(nowNs);
        paths.work(nowNs);
        sender.work(nowNs);
        receiver.work(nowNs);
        layer.wheel.schedule(entry, deadlineNs());
    }

    private long deadlineNs() {
        long next = Math.min(Math.min(sender.deadlineNs(), receiver.deadlineNs()), life.deadlineNs());
        return Math.min(Math.min(next, roster.deadlineNs()), Math.min(paths.deadlineNs(), liveness.deadlineNs()));
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
