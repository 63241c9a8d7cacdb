package dev.braid.stack.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.tcp.TcpConfig;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A dialogue between the real core and a scripted peer under a virtual clock: packetdrill's idea in Java.
 *
 * <p>Every line happens at the present instant; time moves only with {@link #after}; a segment that nobody asked for fails the
 * script, as does anything that is still out of a pool when it is over. Initial sequence numbers lie just below a wrap on both
 * sides. Subclasses run once for each {@link Variant}.
 */
@Tag("scripts")
@ParameterizedClass
@EnumSource
public abstract class Script {
    /** The port of {@link #peer}. */
    public static final int PEER_PORT = 49_500;

    private static final long MS = 1_000_000L;
    /** A deadline may be met late by one tick of the timer wheel. */
    private static final long TICK_NS = 1L << 17;
    /** The host's initial sequence number: its stream wraps after 2,000 bytes. */
    private static final int HOST_ISN = -2_001;
    private static final long REHEARSAL_NS = 1_000_000 * MS;
    private static final Map<Variant, Long> STARTS = new EnumMap<>(Variant.class);

    @Parameter Variant variant;

    /** Sends and sees segments from port {@link #PEER_PORT}. */
    protected Peer peer;
    /** The host's applications. */
    protected Host host;

    private final List<Peer> peers = new ArrayList<>();
    private final Map<Integer, Peer> byPort = new LinkedHashMap<>();
    private Rig rig;
    private SegReader reader;
    private Journal journal;
    private long startNs;
    private long nominalNs;
    private long nowNs;
    private boolean superFrames;

    /** What the host runs with; for subclasses to change. */
    protected void config(TcpConfig config) {}

    /** What the host's link does for it, as bits of {@link dev.braid.fastpath.device.Offloads}. */
    protected int offloads() {
        return 0;
    }

    /** The MTU of the host's link. */
    protected int mtu() {
        return 1500;
    }

    @BeforeEach
    void begin() {
        startNs = STARTS.computeIfAbsent(variant, this::findStart);
        begin(startNs);
    }

    private void begin(long moment) {
        startNs = moment;
        nominalNs = moment;
        nowNs = moment;
        rig = new Rig(coreConfig(), links());
        reader = new SegReader(rig.readerScratch);
        journal = new Journal(moment);
        peers.clear();
        byPort.clear();
        host = new Host(this);
        peer = peer(PEER_PORT);
    }

    /** The moment at which the host's clock gives the connection of the script the initial number wanted (RFC 6528). */
    private long findStart(Variant unused) {
        int first = isnAt(REHEARSAL_NS);
        int second = isnAt(REHEARSAL_NS + (1L << 32));
        // The clock of 4 us may tick every 4,000 or every 4,096 ns.
        long tickNs = (1L << 32) / Integer.toUnsignedLong(second - first);
        long near = REHEARSAL_NS + Integer.toUnsignedLong(HOST_ISN - first) * tickNs;
        return near - near % TICK_NS;
    }

    private int isnAt(long moment) {
        begin(moment);
        host.listen();
        rig.core.onFrame(rehearsedSyn(), moment);
        rig.core.flush(moment);
        Frame answer = rig.wire.remove();
        reader.read(answer);
        answer.release();
        int isn = reader.seqNumber();
        host.abortAll();
        rig.close();
        return isn;
    }

    private Frame rehearsedSyn() {
        Seg syn = Seg.syn(0).win(65_535);
        return SegWriter.write(syn, peer.route(), rig.peerFrames).device(0).arrivalNs(nowNs);
    }

    @AfterEach
    void end() {
        try (Rig closing = rig) {
            flush();
            for (Peer one : peers) {
                one.seesNothing();
            }
            host.abortAll();
            settle();
            failOnDefects();
            assertThat(closing.core.deadlines()).as("deadlines").isZero();
            assertThat(closing.core.sockets().open()).as("open sockets").isZero();
            assertThat(closing.leaks()).as("leaks").isEmpty();
        }
    }

    /** Lets everything that is left expire, for at most an hour. */
    private void settle() {
        long limit = nowNs + 3_600_000 * MS;
        rig.core.flush(nowNs);
        rig.discardWire();
        while (rig.core.nextDeadlineNs() <= limit) {
            nowNs = Math.max(nowNs, rig.core.nextDeadlineNs());
            rig.core.onDeadline(nowNs);
            rig.core.flush(nowNs);
            rig.discardWire();
        }
    }

    // Time.

    /** Lets this many milliseconds pass; only at their very end may the host say something. */
    protected void after(long ms) {
        afterMicros(1_000 * ms);
    }

    /** {@link #after} in microseconds. */
    protected void afterMicros(long us) {
        flush();
        nominalNs += us * 1_000;
        while (true) {
            long due = rig.core.nextDeadlineNs();
            if (due > nominalNs + TICK_NS) {
                break;
            }
            if (due < nominalNs) {
                expectSilence("before the deadline at " + (due - startNs) / 1_000 + " us");
            }
            nowNs = Math.max(nowNs, due);
            rig.core.onDeadline(nowNs);
            flush();
        }
        if (nowNs < nominalNs) {
            expectSilence("before the clock moves on");
            nowNs = nominalNs;
        }
        // What is timed from a late deadline is late by as much, and more: the script's clock follows.
        nominalNs = nowNs;
    }

    /**
     * Lets time pass in which the host may say what it likes: it stays to be seen.
     *
     * @return how often the host's timer expired
     */
    protected int afterWhatever(long ms) {
        int expiries = 0;
        nominalNs += ms * MS;
        flush();
        for (long due = rig.core.nextDeadlineNs(); due <= nominalNs; due = rig.core.nextDeadlineNs()) {
            nowNs = Math.max(nowNs, due);
            rig.core.onDeadline(nowNs);
            flush();
            expiries++;
        }
        nowNs = Math.max(nowNs, nominalNs);
        return expiries;
    }

    /** Milliseconds since the script began. */
    protected int elapsedMs() {
        return (int) ((nominalNs - startNs) / MS);
    }

    private void expectSilence(String when) {
        for (Peer one : peers) {
            if (one.pending() > 0) {
                throw failure("a segment nobody asked for, " + when, null, one.next());
            }
        }
    }

    // Peers.

    /** A peer on another port. */
    protected Peer peer(int port) {
        return byPort.computeIfAbsent(port, number -> addPeer(new Peer(this, number)));
    }

    /** Lets another peer take part. */
    protected <P extends Peer> P addPeer(P another) {
        peers.add(another);
        return another;
    }

    /** The host's links. */
    protected List<Link> links() {
        return List.of(link(0, variant.host));
    }

    /** A link of the host's with one address. */
    protected Link link(int index, IpAddress address) {
        var prefix = new Prefix(address, address.isIpv4() ? 24 : 64);
        return new Link(index, "sim" + index, List.of(prefix), mtu(), offloads());
    }

    /** The tunables of the core under test. */
    protected CoreConfig coreConfig() {
        return Rigging.config(variant, this::config);
    }

    /** Whose a segment from the host is. */
    protected Peer receiver(IpAddress host, int hostPort, IpAddress to, int port, int device) {
        assertThat(to).as("destination").isEqualTo(variant.peer);
        assertThat(host).as("source").isEqualTo(variant.host);
        return peer(port);
    }

    /** Shows super-frames as such instead of cutting them. */
    protected void showSuperFrames() {
        superFrames = true;
    }

    boolean showsSuperFrames() {
        return superFrames;
    }

    /** An ICMP error about the segment the host sent last, to this peer. */
    protected void icmp(Icmp.Kind kind) {
        icmpTooBig(kind, 0, 1 << 16);
    }

    /** "Packet too big" about the segment the host sent last. */
    protected void icmpTooBig(int mtu) {
        icmpTooBig(Icmp.Kind.PACKET_TOO_BIG, mtu, 1 << 16);
    }

    /** An ICMP error that quotes only so many bytes of the last packet. */
    protected void icmpTooBig(Icmp.Kind kind, int mtu, int quoted) {
        flush();
        int length = Math.min(quoted, Math.min(reader.length, 500));
        journal("< icmp " + kind + (mtu > 0 ? " mtu " + mtu : "") + " quoting " + length + " bytes");
        inject(Icmp.write(kind, mtu, reader.packet(), length, peer.route(), rig.peerFrames).device(0));
        flush();
    }

    /** The sequence number in what the next ICMP error quotes, relative; to forge it. */
    protected void quoteSeq(int seq) {
        flush();
        Tcp.putSeq(reader.transportAddress(), seq + hostIsn());
    }

    private int hostIsn() {
        return peer.route().ackBase();
    }

    /** What the line before made due is sent. */
    protected void flushed() {
        flush();
    }

    // What the pieces of a script need of each other.

    /** What it runs under. */
    protected Variant variant() {
        return variant;
    }

    /** The core under test. */
    protected StackCore core() {
        return rig.core;
    }

    /** From now on the host draws the same random number again and again. */
    protected void randomNumbersRepeat() {
        long always = rig.entropy.nextLong();
        rig.entropy = () -> always;
    }

    /** The next random number that the host draws is this one. */
    protected void draws(long number) {
        var usual = rig.entropy;
        rig.entropy = () -> {
            rig.entropy = usual;
            return number;
        };
    }

    /** The value of one of the host's counters. */
    protected long counter(String name) {
        return rig.counters.value(name);
    }

    /** Frames the host holds now. */
    protected int framesInUse() {
        return rig.frames.inUse() + rig.peerFrames.inUse();
    }

    /** Bytes of the frames' memory in use are what out-of-order floods are bounded by: the pool the peer's packets lie in. */
    FramePool pool() {
        return rig.peerFrames;
    }

    long scratch() {
        return rig.scratch;
    }

    /** The present instant. */
    protected long nowNs() {
        return nowNs;
    }

    void journal(String line) {
        journal.add(nowNs, line);
    }

    /** Hands the host a packet, whose device is set, without letting it answer yet. */
    void inject(Frame frame) {
        rig.core.onFrame(frame.arrivalNs(nowNs), nowNs);
    }

    /** Ends a batch of inputs, and takes what the host sends. */
    void flush() {
        rig.core.flush(nowNs);
        failOnDefects();
        for (Frame frame = rig.wire.poll(); frame != null; frame = rig.wire.poll()) {
            try {
                dispatch(frame);
            } finally {
                frame.release();
            }
        }
    }

    private void failOnDefects() {
        if (!rig.defects.isEmpty()) {
            AssertionError failure = failure("a defect of the core", null, null);
            failure.initCause(rig.defects.getFirst());
            rig.defects.clear();
            throw failure;
        }
    }

    private void dispatch(Frame frame) {
        reader.read(frame);
        if (reader.protocol != Protocol.TCP) {
            throw failure("a packet of protocol " + reader.protocol, null, null);
        }
        long tcp = reader.transportAddress();
        receiver(reader.src, Tcp.srcPort(tcp), reader.dst, Tcp.dstPort(tcp), frame.device()).arrived(reader, frame);
    }

    String reasonOf(Frame frame) {
        return Rigging.reasonOf(frame);
    }

    /** A script failed for this reason. */
    protected AssertionError failed(String why) {
        return failure(why, null, null);
    }

    AssertionError failure(String why, @Nullable Seg want, @Nullable Seg got) {
        return new AssertionError("%s at %d ms (%s)%n  wanted %s%n  got    %s%n%s"
                .formatted(why, elapsedMs(), variant, want == null ? "nothing" : want, got == null ? "nothing" : got,
                        journal));
    }
}
