package dev.braid.stack.mptcp;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.stack.core.Entropy;
import dev.braid.stack.mptcp.path.PathEvent;
import dev.braid.stack.mptcp.path.PathManager;
import dev.braid.stack.mptcp.path.PathManagers;
import dev.braid.stack.mptcp.scheduler.PacketScheduler;
import dev.braid.stack.mptcp.scheduler.PacketSchedulers;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.SynClaim;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.stack.tcp.TcpLayer;
import dev.braid.stack.tcp.TcpListener;
import dev.braid.stack.tcp.TcpSegment;
import dev.braid.stack.tcp.TcpSettings;
import dev.braid.stack.tcp.UpperLayerProtocol;
import dev.braid.stack.timer.TimerWheel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Multipath TCP of one core: all its connections, by token. Core thread only.
 */
public final class MptcpLayer implements UpperLayerProtocol {
    /** Read whenever a value matters: it changes while the core runs. */
    final MptcpConfig config;

    final TcpLayer tcp;
    final TimerWheel wheel;
    final FramePool frames;
    final Entropy entropy;
    final MptcpCounters counters;
    final Keys keys = new Keys();
    final TokenTable tokens;
    final Blackholes blackholes;
    /** What the options of the segment that is being dealt with say. */
    final MptcpOptions options = new MptcpOptions();

    final HostPaths hostPaths = new HostPaths(this);
    final Set<MptcpConnection> connections = new LinkedHashSet<>();
    private final SynAdmission admission;
    @Nullable MptcpObserver observer;
    private final ArrayDeque<MptcpConnection> touched = new ArrayDeque<>();

    /** Multipath TCP over this TCP, which asks it about SYNs from now on. */
    public MptcpLayer(
            MptcpConfig config,
            TcpLayer tcp,
            TimerWheel wheel,
            FramePool frames,
            Counters counters,
            Entropy entropy) {
        this.config = config;
        this.tcp = tcp;
        this.wheel = wheel;
        this.frames = frames;
        this.entropy = entropy;
        this.counters = new MptcpCounters(counters);
        tokens = new TokenTable(keys, entropy);
        blackholes = new Blackholes(config);
        admission = new SynAdmission(this);
    }

    /** The packet schedulers that there are. */
    public PacketSchedulers schedulers() {
        return config.packetSchedulers;
    }

    /** Changes which packet schedulers there are; connections keep what they have. */
    public void schedulers(PacketSchedulers changed) {
        config.packetSchedulers = changed;
    }

    /**
     * A packet scheduler for one connection: of the name, else the host's.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    PacketScheduler scheduler(@Nullable String name) {
        return config.packetSchedulers.create(name == null ? config.scheduler : name);
    }

    /** The tunables in force. */
    public MptcpConfig config() {
        return config;
    }

    /** What a socket tells of itself that has no connection yet: what the host would allow one. Allocates. */
    public MptcpInfo unconnectedInfo() {
        return MptcpInfoReading.ofHost(this);
    }

    /** A connection without subflows, to be {@linkplain #connect connected}. */
    public MptcpConnection open(ConnectionUser user, TcpSettings settings, MptcpSettings own) {
        return new MptcpConnection(this, user, settings, own);
    }

    /**
     * Active open of the first subflow: its SYN leaves with the next flush. The arguments are those of {@link TcpLayer#connect}.
     *
     * @return {@code null}, or why there is no connection
     */
    public @Nullable TcpFailure connect(
            MptcpConnection connection,
            long localHi,
            long localLo,
            int localPort,
            long remoteHi,
            long remoteLo,
            int remotePort,
            long nowNs) {
        Subflow first = connection.initial;
        first.tcb.attach(first);
        TcpFailure why = tcp.connect(first.tcb, localHi, localLo, localPort, remoteHi, remoteLo, remotePort, nowNs);
        if (why != null) {
            return why;
        }
        HostKey key = tokens.draw();
        if (key == null) {
            counters.mpFallbackTokenInit.increment();
            connection.beginPlain(FallbackReason.NO_TOKEN, nowNs);
        } else if (blackholes.isKnown(first.tcb.link(), remoteHi, remoteLo, nowNs)) {
            counters.mpCapableSynTxDisabled.increment();
            connection.beginPlain(FallbackReason.BLACK_HOLE, nowNs);
        } else {
            connection.begin(key);
        }
        return null;
    }

    /** Every connection that is not over, in the order in which they began. */
    public Collection<MptcpConnection> connections() {
        return Collections.unmodifiableCollection(connections);
    }

    /** Names who hears what happens to connections, or {@code null}. */
    public void observe(@Nullable MptcpObserver whoHears) {
        observer = whoHears;
    }

    /** Begins to show every connection. */
    public MptcpListing listing() {
        return new MptcpListing(connections);
    }

    @Override
    public @Nullable SynClaim claimSyn(TcpSegment syn, @Nullable TcpListener listener, long nowNs) {
        return admission.claimSyn(syn, listener);
    }

    @Override
    public @Nullable SynClaim claimCookie(TcpSegment ack, @Nullable TcpListener listener, long nowNs) {
        return admission.claimCookie(ack, listener);
    }

    @Override
    public int writeCookieOptions(TcpSegment syn, @Nullable TcpListener listener, int iss, long address, int room) {
        return admission.writeCookieOptions(syn, listener, iss, address, room);
    }

    @Override
    public int writeRefusal(TcpSegment syn, long address, int room) {
        return admission.writeRefusal(address, room);
    }

    /** The connection is over. */
    void forget(MptcpConnection connection) {
        connections.remove(connection);
        connection.forget();
    }

    /** Aborts every connection: their resets leave with the next flush. */
    public void close(long nowNs) {
        new ArrayList<>(connections).forEach(connection -> connection.abort(nowNs));
    }

    // Paths.

    /** The host's endpoints, limits and addresses. */
    public HostPaths hostPaths() {
        return hostPaths;
    }

    /** The path managers that connections can have. */
    public PathManagers pathManagers() {
        return config.knownPathManagers;
    }

    /** Replaces them, for connections to come. */
    public void pathManagers(PathManagers changed) {
        config.knownPathManagers = changed;
    }

    /** New managers for one connection. */
    List<PathManager> pathManagers(String names) {
        return config.knownPathManagers.createKnown(names);
    }

    /** Something that concerns the paths of every connection. */
    void raisePathEvent(PathEvent event) {
        for (MptcpConnection connection : List.copyOf(connections)) {
            connection.paths.raise(event);
        }
    }

    /** The connection has something to do that cannot be done in the middle of an input. */
    void touch(MptcpConnection connection) {
        if (!connection.touched) {
            connection.touched = true;
            touched.add(connection);
        }
    }

    /** Whether {@link #flush} has something to do. */
    public boolean hasWork() {
        return !touched.isEmpty();
    }

    /** Does what came up since the last call; TCP's flush follows, and may bring up more. */
    public void flush(long nowNs) {
        for (MptcpConnection next = touched.poll(); next != null; next = touched.poll()) {
            next.touched = false;
            next.work(nowNs);
        }
    }
}
