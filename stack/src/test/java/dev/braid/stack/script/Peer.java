package dev.braid.stack.script;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.Tcp;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The scripted peer of one connection: says exactly what it is told, and sees each segment the host sends. It keeps only what a
 * segment needs to be filled in.
 */
public class Peer {
    /** Of a payload that says nothing. */
    protected static final long NOWHERE = Long.MIN_VALUE;
    /** Its initial sequence number: its stream wraps after 1,000 bytes. */
    static final int ISN = -1_001;
    /** Its timestamp clock when the script begins. */
    static final int FIRST_TS = 1_000;

    private final Script script;
    private final IpAddress address;
    private final int port;
    private final IpAddress hostAddress;
    private final int device;
    private int hostPort = Host.PORT;
    private final Deque<Seg> seen = new ArrayDeque<>();

    private boolean isnKnown;
    private int hostIsn;
    private int hostEnd;
    private int nextSeq;
    private int window = 65_535;
    private @Nullable Integer ownShift;
    private @Nullable Integer hostShift;
    private boolean offeredTs;
    private boolean hostHasTs;
    private @Nullable Integer tsBase;
    private int lastTsVal;

    Peer(Script script, int port) {
        this(script, script.variant().peer, port, script.variant().host, 0);
    }

    /** A peer of this address and port, whose segments come and go by this device of the host. */
    protected Peer(Script script, IpAddress address, int port, IpAddress hostAddress, int device) {
        this.script = script;
        this.address = address;
        this.port = port;
        this.hostAddress = hostAddress;
        this.device = device;
    }

    /** Its address. */
    public IpAddress address() {
        return address;
    }

    /** The host's address, as the peer knows it. */
    public IpAddress hostAddress() {
        return hostAddress;
    }

    /** The host's device that its segments pass. */
    public int device() {
        return device;
    }

    /** The host's port. */
    public int hostPort() {
        return hostPort;
    }

    /** Talks to another port of the host than {@link Host#PORT}. */
    public Peer hostPort(int other) {
        hostPort = other;
        return this;
    }

    /** Its port. */
    public int port() {
        return port;
    }

    /** Its window from now on, in bytes, where a segment does not say. */
    public Peer window(int bytes) {
        window = bytes;
        return this;
    }

    /** Sends segments, each an input of its own. */
    public Peer sends(Seg... segments) {
        for (Seg segment : segments) {
            script.inject(packet(segment).device(device));
            script.flush();
        }
        return this;
    }

    /** Sends segments that arrive in one batch: the host answers when it has them all. */
    public Peer sendsTogether(Seg... segments) {
        for (Seg segment : segments) {
            script.inject(packet(segment).device(device));
        }
        script.flush();
        return this;
    }

    /** Expects these segments, in this order, now. */
    public Peer sees(Seg... wanted) {
        script.flush();
        for (Seg want : wanted) {
            Seg got = seen.poll();
            if (got == null || !want.accepts(got)) {
                throw script.failure("the wrong segment", want, got);
            }
        }
        return this;
    }

    /** Expects nothing now: nothing is left over either. */
    public Peer seesNothing() {
        script.flush();
        Seg got = seen.peek();
        if (got != null) {
            throw script.failure("a segment nobody asked for", null, got);
        }
        return this;
    }

    /** Skips what the host has sent so far, for scripts whose subject comes later. */
    public Peer seesWhatever() {
        script.flush();
        seen.clear();
        return this;
    }

    /** How many segments wait to be seen. */
    public int pending() {
        script.flush();
        return seen.size();
    }

    /** The next segment the host sent, whatever it is. */
    public Seg next() {
        script.flush();
        Seg got = seen.poll();
        if (got == null) {
            throw script.failure("no segment", null, null);
        }
        return got;
    }

    // Standard openings.

    /** A SYN with all options, as Linux sends it. */
    public Seg fullSyn() {
        return Seg.syn(0).mss(script.variant().linkMss()).sackOk().ts(FIRST_TS, 0).wscale(7);
    }

    /** The peer opens a connection with all options, and the host accepts it. */
    public Conn opens() {
        return opens(fullSyn());
    }

    /** The peer opens a connection with this SYN, and the host, which listens, accepts it. */
    public Conn opens(Seg syn) {
        return opens(syn, 0);
    }

    /** As {@link #opens(Seg)}, on a path of this round trip, which the host measures. */
    public Conn opens(Seg syn, int rttMs) {
        sends(syn).sees(Seg.synAck(0, 1));
        if (rttMs > 0) {
            script.after(rttMs);
        }
        sends(Seg.ack(1, 1)).seesNothing();
        return script.host.accept();
    }

    /** The peer opens a plain connection, which waits to be accepted. */
    public Peer opensUnaccepted() {
        return sends(Seg.syn(0).mss(1_000)).sees(Seg.synAck(0, 1)).sends(Seg.ack(1, 1)).seesNothing();
    }

    /** The host opens a connection, which the peer answers with all options. */
    public Conn isConnectedTo() {
        return isConnectedTo(Seg.synAck(0, 1).mss(script.variant().linkMss()).sackOk().ts(FIRST_TS, 0).wscale(7));
    }

    /** The host opens a connection, which the peer answers with this. */
    public Conn isConnectedTo(Seg synAck) {
        Conn conn = script.host.connect(this);
        sees(Seg.syn(0)).sends(synAck).sees(Seg.ack(1, 1)).seesNothing();
        return conn;
    }

    // Packets.

    private Frame packet(Seg segment) {
        fillIn(segment);
        script.journal("< " + segment + by());
        if (segment.has(Tcp.SYN)) {
            ownShift = segment.wscale;
            offeredTs = segment.tsVal != null;
        }
        nextSeq = Seq.max(nextSeq, segment.seqEnd());
        return SegWriter.write(segment, route(), script.pool());
    }

    SegWriter.Route route() {
        boolean scales = ownShift != null && hostShift != null;
        return new SegWriter.Route(
                address,
                hostAddress,
                port,
                hostPort,
                ISN,
                hostIsn,
                scales ? ownShift : 0,
                tsBase == null ? 0 : tsBase);
    }

    /** Puts in what a segment to be sent does not name. */
    protected void fillIn(Seg segment) {
        if (segment.ack == null && segment.has(Tcp.ACK)) {
            segment.ack = hostEnd;
        }
        if (segment.win == null) {
            segment.win = segment.has(Tcp.SYN) ? Math.min(window, 65_535) : window;
        }
        boolean lacksTs = java.util.Arrays.asList(segment.lacking).contains(Seg.TS);
        if (segment.tsVal == null && !lacksTs && !segment.has(Tcp.SYN) && offeredTs && hostHasTs
                && segment.rawOptions == null) {
            segment.tsVal = FIRST_TS + script.elapsedMs();
            segment.tsEcr = lastTsVal;
        }
        if (segment.tsEcr != null && tsBase == null) {
            segment.tsEcr = 0;
        }
        for (ExtraOption extra : segment.extras) {
            segment.unknownOptions.add(extraBytes(segment, extra));
        }
    }

    /** How an option of a segment to be sent looks on the wire, kind and length included. */
    protected byte[] extraBytes(Seg segment, ExtraOption extra) {
        throw new IllegalStateException("a peer of plain TCP does not know " + extra);
    }

    /**
     * Makes {@link Seg#extras()} of a seen segment out of its {@link Seg#unknownOptions()}, and checks what they owe.
     *
     * @return the place of the payload in the host's stream, 0 = its first byte; {@link #NOWHERE} when it has none
     */
    protected long understand(Seg seen) {
        return seen.has(Tcp.SYN) ? seen.seq : seen.seq - 1L;
    }

    /** The script it takes part in. */
    protected Script script() {
        return script;
    }

    /** A TCP packet for this peer came out of the host. */
    void arrived(SegReader reader, Frame frame) {
        learn(reader);
        int shift = ownShift != null && hostShift != null ? hostShift : 0;
        Seg segment = reader.segment(hostIsn, ISN, shift, tsBase == null ? 0 : tsBase);
        segment.gso = frame.gsoType() == Frame.GSO_NONE ? 0 : frame.gsoSize();
        segment.comment = script.reasonOf(frame);
        try {
            long place = understand(segment);
            if (place != NOWHERE) {
                reader.checkPayload(segment, place);
            }
        } catch (AssertionError wrong) {
            script.journal("> " + segment + by());
            AssertionError failure = script.failure(wrong.getMessage(), null, segment);
            failure.initCause(wrong);
            throw failure;
        }
        if (segment.has(Tcp.SYN)) {
            hostShift = segment.wscale;
            hostHasTs = segment.tsVal != null;
        }
        if (segment.tsVal != null) {
            lastTsVal = segment.tsVal;
        }
        if (!segment.has(Tcp.RST)) {
            hostEnd = Seq.max(hostEnd, segment.seqEnd());
        }
        if (segment.gso > 0 && !script.showsSuperFrames()) {
            cut(segment);
        } else {
            saw(segment);
        }
    }

    private void learn(SegReader reader) {
        if ((reader.flags() & Tcp.SYN) != 0) {
            if (!isnKnown || reader.seqNumber() != hostIsn) {
                isnKnown = true;
                hostIsn = reader.seqNumber();
                hostEnd = 0;
                tsBase = reader.tsVal();
            }
        }
    }

    /** What a super-frame is on the wire, cut by a second hand than the one the pipeline cuts with. */
    private void cut(Seg whole) {
        for (int from = whole.seq; from < whole.end; from += whole.gso) {
            int to = Math.min(from + whole.gso, whole.end);
            int flags = to == whole.end ? whole.flags : whole.flags & ~(Tcp.FIN | Tcp.PSH);
            flags &= from == whole.seq ? ~0 : ~Tcp.CWR;
            Seg piece = Seg.seg(flags, from, to);
            piece.ack = whole.ack;
            piece.win = whole.win;
            piece.tsVal = whole.tsVal;
            piece.tsEcr = whole.tsEcr;
            piece.sack = whole.sack;
            piece.urgent = whole.urgent;
            piece.ecn = whole.ecn;
            piece.tos = whole.tos;
            piece.ttl = whole.ttl;
            piece.gso = 0;
            piece.extras.addAll(whole.extras);
            piece.comment = whole.comment;
            saw(piece);
        }
    }

    private void saw(Seg segment) {
        script.journal("> " + segment + by());
        seen.add(segment);
    }

    private String by() {
        return name().isEmpty() ? "" : "   [" + name() + "]";
    }

    /** What the journal calls it; empty for the only one. */
    protected String name() {
        return port == Script.PEER_PORT ? "" : "port " + port;
    }

    /** Forgets what a former connection of the same ports agreed on. */
    public Peer anew() {
        isnKnown = false;
        hostEnd = 0;
        nextSeq = 0;
        ownShift = null;
        hostShift = null;
        offeredTs = false;
        hostHasTs = false;
        tsBase = null;
        return this;
    }
}
