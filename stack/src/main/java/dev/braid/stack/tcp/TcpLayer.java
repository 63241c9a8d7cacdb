package dev.braid.stack.tcp;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.flow.FlowTable;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Entropy;
import dev.braid.stack.icmp.IcmpError;
import dev.braid.stack.ip.IpHeader;
import dev.braid.stack.ip.IpOutput;
import dev.braid.stack.timer.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TCP of one core: all its connections, listeners and TIME-WAIT entries. Segments, user calls and deadlines come in; each marks
 * the connections it touched, and {@link #flush} sends what became due. Core thread only.
 */
public final class TcpLayer {
    /** Bytes a connection may send before others have their turn. */
    private static final int TURN_BYTES = 65_536;

    private static final long MS = 1_000_000L;

    /** Read whenever a value matters: it changes while the core runs. */
    final TcpConfig config;

    private final CoreConfig core;
    final TcpCounters counters;
    final IpOutput ip;
    final FramePool frames;
    final TcpMemory memory;
    final TimerWheel wheel;
    final FlowTable<Tcb> flows;
    final TimeWaitTable timeWait;
    final StatelessOutput resets = new StatelessOutput(this);
    final Output output;
    private final Recovery recovery = new Recovery(this);
    final Expiry expiry = new Expiry(this, recovery);
    final EcnArrival ecnArrival = new EcnArrival(this);
    final Ending ending = new Ending(this);
    @Nullable UpperLayerProtocol upperProtocol;
    @Nullable ConnectionObserver observer;

    private final IsnGenerator isns;
    private final TimestampOffset timestampOffsets;
    private final ActiveOpen activeOpen;
    private final FlowTable<TcpListener> listeners;
    private final TcpSegment segment = new TcpSegment();
    private final HeaderPrediction prediction;
    private final OtherStatesArrival otherStates;
    private final SynSentArrival synSent;
    private final ListenArrival listenArrival;
    private final IcmpArrival icmpArrival = new IcmpArrival(this);
    private IpHeader arriving = new IpHeader();
    private final Turns turns = new Turns();
    private int tracers;

    /**
     * TCP over an IP output.
     *
     * @param wheel the core's timer wheel, which the core polls
     * @param counters where TCP's counters are made
     */
    public TcpLayer(
            CoreConfig config,
            IpOutput ip,
            TimerWheel wheel,
            FramePool frames,
            Counters counters,
            Entropy entropy) {
        this.core = config;
        this.config = config.tcp;
        this.counters = new TcpCounters(counters);
        this.ip = ip;
        this.frames = frames;
        memory = new TcpMemory(this.config, frames.bytesOfEachClass(), this.counters.memoryPressures);
        this.wheel = wheel;
        flows = new FlowTable<>(entropy.nextLong(), entropy.nextLong(), 256);
        listeners = new FlowTable<>(entropy.nextLong(), entropy.nextLong(), 16);
        timeWait = new TimeWaitTable(this, entropy.nextLong(), entropy.nextLong());
        isns = new IsnGenerator(entropy.nextLong(), entropy.nextLong());
        timestampOffsets = new TimestampOffset(entropy.nextLong(), entropy.nextLong());
        activeOpen = new ActiveOpen(this, entropy);
        output = new Output(this, new SegmentWriter(this));
        AckArrival ackArrival = new AckArrival(this, recovery);
        var duplicates = new DuplicateArrival(this);
        TextArrival textArrival = new TextArrival(this, duplicates);
        otherStates = new OtherStatesArrival(this, ackArrival, textArrival, duplicates);
        synSent = new SynSentArrival(this, ackArrival, otherStates);
        prediction = new HeaderPrediction(this, ackArrival, textArrival, otherStates);
        listenArrival = new ListenArrival(this, new SynCookies(entropy.nextLong(), entropy.nextLong()), otherStates);
    }

    // Segments.

    /** A segment arrived whose checksum is right; takes the frame over. */
    public void input(Frame frame, IpHeader header, long nowNs) {
        arriving = header;
        counters.inSegs.increment();
        TcpSegment seg = segment;
        try {
            if (!seg.decode(frame, header)) {
                counters.inErrs.increment();
                return;
            }
            Tcb tcb = flows.lookup(
                    seg.scope, Protocol.TCP, seg.dstHi, seg.dstLo, seg.srcHi, seg.srcLo, seg.dstPort, seg.srcPort);
            if (tcb == null) {
                unknown(seg, nowNs);
            } else {
                known(tcb, seg, nowNs);
            }
        } finally {
            seg.releaseFrame();
        }
    }

    private void known(Tcb tcb, TcpSegment seg, long nowNs) {
        tcb.counts.onSegment(seg.length, seg.gsoSize, nowNs);
        if (config.headerPrediction && prediction.input(tcb, seg, nowNs)) {
            counters.predictionHits.increment();
        } else {
            counters.predictionMisses.increment();
            switch (tcb.state) {
                case CLOSED, TIME_WAIT -> counters.dropClosed.increment(); // its reset is on the way
                case SYN_SENT -> synSent.input(tcb, seg, nowNs);
                default -> otherStates.input(tcb, seg, nowNs);
            }
        }
        touch(tcb);
    }

    private void unknown(TcpSegment seg, long nowNs) {
        int floor = 0;
        boolean reused = false;
        TimeWaitEntry entry = timeWait.lookup(
                seg.scope, seg.dstHi, seg.dstLo, seg.dstPort, seg.srcHi, seg.srcLo, seg.srcPort);
        TcpListener listener = listener(seg.dstHi, seg.dstLo, seg.dstPort);
        if (entry != null) {
            floor = entry.sndNxt;
            // A SYN that says nothing to an upper layer is taken by a listener or by nobody.
            boolean claimable = upperProtocol != null && seg.options.has(TcpOptions.MPTCP);
            reused = timeWait.input(entry, seg, listener != null || claimable, nowNs);
            if (!reused) {
                return;
            }
        }
        listenArrival.input(listener, seg, reused, floor, nowNs);
    }

    private @Nullable TcpListener listener(long hi, long lo, int port) {
        TcpListener found = listeners.lookup(0, Protocol.TCP, hi, lo, 0, 0, port, 0);
        if (found == null && hi == 0 && lo >>> 32 == 0xffff) {
            found = listeners.lookup(0, Protocol.TCP, 0, 0xffff_0000_0000L, 0, 0, port, 0);
        }
        return found != null ? found : listeners.lookup(0, Protocol.TCP, 0, 0, 0, 0, port, 0);
    }

    /** An ICMP error quotes a segment of ours. */
    public void onIcmpError(IcmpError error, long nowNs) {
        icmpArrival.input(error, nowNs);
    }

    /** The header of the packet that is being dealt with. */
    IpHeader arriving() {
        return arriving;
    }

    // User calls.

    /**
     * Keeps a local port for a socket (bind).
     *
     * @param port 1..65535, or 0 to choose a free ephemeral one
     * @return the port, or 0 when it is taken or none is free
     */
    public int reservePort(long localHi, long localLo, int port) {
        return activeOpen.reservePort(localHi, localLo, port);
    }

    /** Gives up what {@link #reservePort} answered; connections made from it keep their tuples. */
    public void releasePort(long localHi, long localLo, int port) {
        activeOpen.releasePort(localHi, localLo, port);
    }

    /** A TCB in CLOSED, to be {@linkplain #connect connected}. */
    public Tcb open(ConnectionUser user, TcpSettings settings) {
        return new Tcb(this, user, settings);
    }

    /**
     * Active open (RFC 9293 section 3.9.1.1): the SYN leaves with the next {@link #flush}.
     *
     * @param localHi local address, 0,0 = the route's
     * @param localPort a reserved port, or 0 to choose one (RFC 6056)
     * @return {@code null}, or why there is no connection: the TCB stays in CLOSED
     */
    public @Nullable TcpFailure connect(
            Tcb tcb,
            long localHi,
            long localLo,
            int localPort,
            long remoteHi,
            long remoteLo,
            int remotePort,
            long nowNs) {
        TcpFailure why = activeOpen.connect(tcb, localHi, localLo, localPort, remoteHi, remoteLo, remotePort, nowNs);
        if (why == null) {
            counters.activeOpens.increment();
            begin(tcb, nowNs);
            if (config.ecn == TcpConfig.ECN_REQUEST || tcb.congestion.needsEcn()) {
                tcb.ecn.offer();
            }
            tcb.enter(TcpState.SYN_SENT);
            tcb.synDue = true;
            touch(tcb);
        }
        return why;
    }

    /** {@link #listen(ListenerUser, TcpSettings, UpperSettings, long, long, int, int)} for plain TCP. */
    public @Nullable TcpListener listen(
            ListenerUser user, TcpSettings settings, long localHi, long localLo, int port, int backlog) {
        return listen(user, settings, null, localHi, localLo, port, backlog);
    }

    /**
     * Passive open on a local address (0,0 = any) and a port that the caller reserved.
     *
     * @param upper for the protocol above TCP; {@code null}: plain TCP is wanted
     * @param backlog established connections that may wait, at least 1
     * @return {@code null} when somebody listens there
     */
    public @Nullable TcpListener listen(
            ListenerUser user,
            TcpSettings settings,
            @Nullable UpperSettings upper,
            long localHi,
            long localLo,
            int port,
            int backlog) {
        TcpListener listener = new TcpListener(this, user, settings, upper, localHi, localLo, port);
        listener.backlog(backlog);
        return listeners.insert(0, Protocol.TCP, localHi, localLo, 0, 0, port, 0, listener) ? listener : null;
    }

    void unlisten(TcpListener listener) {
        listeners.remove(0, Protocol.TCP, listener.localHi(), listener.localLo(), 0, 0, listener.port(), 0);
    }

    /** Names the protocol that may claim connections which peers open, or {@code null} for plain TCP alone. */
    public void upperProtocol(@Nullable UpperLayerProtocol protocol) {
        upperProtocol = protocol;
    }

    // Diagnostics.

    /** Begins to show every connection. */
    public ConnectionListing listing() {
        return new ConnectionListing(this);
    }

    /** Every port in LISTEN. */
    public List<ListenerInfo> listenerInfos() {
        var found = new ArrayList<ListenerInfo>();
        listeners.forEach((scope, protocol, lh, ll, rh, rl, lp, rp, listener) -> found.add(listener.info()));
        return found;
    }

    /** The tunables in force. */
    public TcpConfig config() {
        return config;
    }

    /** What all connections pin together. */
    public TcpMemory memory() {
        return memory;
    }

    /** Connections in the flow table. */
    public int connections() {
        return flows.size();
    }

    /** Connections in TIME-WAIT. */
    public int timeWaiting() {
        return timeWait.size();
    }

    /** Listeners open now. */
    public int listening() {
        return listeners.size();
    }

    /** Local ports that sockets are bound to. */
    public int portsReserved() {
        return activeOpen.portsReserved();
    }

    /** Names who hears what happens to connections, or {@code null}. */
    public void observe(@Nullable ConnectionObserver whoHears) {
        observer = whoHears;
    }

    /**
     * Somebody wants to know why frames are sent, or no longer does; each call with {@code true} is ended by one with {@code false}.
     * Beside it there is {@code net.braid.tcp_trace_decisions}, which is the user's.
     */
    public void traceDecisions(boolean wanted) {
        tracers += wanted ? 1 : -1;
    }

    /** Whether somebody wants to know why frames are sent. */
    public boolean tracesDecisions() {
        return tracers > 0 || config.traceDecisions;
    }

    void lossFound(Tcb tcb, Decision repair) {
        if (observer != null) {
            observer.onLoss(tcb, repair, tcb.sent.lostBytes());
        }
    }

    /** Out of frames: the connection tries again in a while. */
    int noFrame(Tcb tcb, long nowNs) {
        counters.noFrames.increment();
        tcb.deadlines.paceNs = nowNs + 1_000_000L;
        return Output.NOTHING;
    }

    void listenOverflow(TcpListener listener) {
        counters.listenOverflows.increment();
        if (observer != null) {
            observer.onListenOverflow(listener);
        }
    }

    // Output.

    /**
     * Sends what became due, connections taking turns by bytes, and files each connection's next deadline.
     *
     * @return frames sent
     */
    public int flush(long nowNs) {
        timeWait.followConfig();
        long before = ip.sent();
        for (Tcb tcb = turns.poll(); tcb != null; tcb = turns.poll()) {
            if (output.turn(tcb, TURN_BYTES, nowNs)) {
                touch(tcb);
            } else if (tcb.state != TcpState.CLOSED) {
                wheel.schedule(tcb.entry, tcb.deadlines.earliest());
            }
        }
        return (int) (ip.sent() - before);
    }

    /** The connection has, or may have, something to send or a new deadline. */
    void touch(Tcb tcb) {
        turns.add(tcb);
    }

    /** Aborts every connection, closes every listener, forgets all else; the resets leave at once. */
    public void close(long nowNs) {
        List<TcpListener> open = new ArrayList<>();
        listeners.forEach((scope, protocol, lh, ll, rh, rl, lp, rp, listener) -> open.add(listener));
        open.forEach(listener -> listener.close(nowNs));
        List<Tcb> left = new ArrayList<>();
        flows.forEach((scope, protocol, lh, ll, rh, rl, lp, rp, tcb) -> left.add(tcb));
        left.forEach(tcb -> ending.abort(tcb));
        flush(nowNs);
        timeWait.clear();
    }

    // What the machine's parts share.

    /** Time to live and hop limit unless a connection has its own. */
    int ttl() {
        return core.ipDefaultTtl;
    }

    @Nullable
    Frame takeFrame() {
        return frames.takeMtu();
    }

    /** The connection's timestamp clock: milliseconds and an offset of its own (RFC 7323 section 5.4). */
    int timestamp(Tcb tcb, long nowNs) {
        return timestamp(tcb.tsOffset, nowNs);
    }

    int timestamp(int offset, long nowNs) {
        return (int) (nowNs / MS) + offset;
    }

    /** Puts a TCB whose tuple is known into the flow table. */
    boolean file(Tcb tcb) {
        tcb.filed = flows.insert(
                tcb.scope,
                Protocol.TCP,
                tcb.localHi,
                tcb.localLo,
                tcb.remoteHi,
                tcb.remoteLo,
                tcb.localPort,
                tcb.remotePort,
                tcb);
        return tcb.filed;
    }

    /** Chooses initial numbers and offers for a TCB whose tuple and path are known. */
    void begin(Tcb tcb, long nowNs) {
        begin(
                tcb,
                isns.isn(
                        tcb.scope,
                        tcb.localHi,
                        tcb.localLo,
                        tcb.localPort,
                        tcb.remoteHi,
                        tcb.remoteLo,
                        tcb.remotePort,
                        nowNs),
                nowNs);
    }

    void begin(Tcb tcb, int iss, long nowNs) {
        tcb.iss = iss;
        tcb.sndUna = iss;
        tcb.sndNxt = iss;
        tcb.timestamps = config.timestamps;
        tcb.sackPermitted = config.sack;
        tcb.windowScaling = config.windowScaling;
        tcb.rcvWndShift = ReceiveWindow.offeredShift(tcb.settings, config);
        tcb.tsOffset = timestampOffset(tcb);
        tcb.ecn.everywhere(tcb.congestion.needsEcn());
        tcb.peerMss = Mss.whenNotAnnounced(tcb.path().version());
        tcb.openedNs = nowNs;
        tcb.lastReceivedNs = nowNs;
        refreshMss(tcb);
    }

    private int timestampOffset(Tcb tcb) {
        return timestampOffsets.offset(
                tcb.scope, tcb.localHi, tcb.localLo, tcb.localPort, tcb.remoteHi, tcb.remoteLo, tcb.remotePort);
    }

    int timestampOffset(TcpSegment seg) {
        return timestampOffsets.offset(seg.scope, seg.dstHi, seg.dstLo, seg.dstPort, seg.srcHi, seg.srcLo, seg.srcPort);
    }

    /** The path's MTU, the peer's announcement or the user's bound may have changed. */
    void refreshMss(Tcb tcb) {
        tcb.mtuSeen = tcb.path().mtu();
        int mss = Mss.effective(tcb);
        if (mss != tcb.sndMss) {
            tcb.sndMss = mss;
            tcb.congestion.onMss(mss);
        }
    }
}
