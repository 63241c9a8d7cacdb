package dev.braid.stack.fuzz;

import static dev.braid.stack.fuzz.FuzzedCore.require;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.MessageFlags;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.testing.fuzz.FuzzInput;
import java.util.ArrayList;
import java.util.List;

/**
 * Whole frames into a whole core: the input is a program of segments, application calls and moments. Segments are forged from
 * what the connections' wires have shown, so that most get past the first checks; every byte sent or read follows from its
 * sequence number, so that a wrong one is seen. After each step the core's variables make sense and its memory is bounded; in
 * the end everything ends by itself and nothing is left.
 */
public final class StackCoreFuzz {
    private static final int PORT = 80;
    private static final int MOST_STEPS = 160;
    private static final int MOST_FLOWS = 8;
    private static final int BUFFER = 32 << 10;
    private static final int HALF_OPEN = 3;
    private static final int BACKLOG = 3;
    /** Frames that a connection may pin: twice its buffer in the smallest slots, and what is on its way. */
    private static final int FRAMES_EACH = 2 * BUFFER / 2048 + 8;
    private static final int FRAGMENT_FRAMES = (1 << 17) / 2048 + 8;
    private static final int MOST_FRAMES = (MOST_FLOWS + HALF_OPEN + BACKLOG) * FRAMES_EACH + FRAGMENT_FRAMES;
    private static final long MS = 1_000_000L;

    private final FuzzInput input;
    private final FuzzedCore core;
    private final ListenSocket listener;
    private final List<FuzzedFlow> flows = new ArrayList<>();
    private final List<FuzzedApplication> applications = new ArrayList<>();
    private byte[] lastSent = {};

    private StackCoreFuzz(FuzzInput input) {
        this.input = input;
        core = new FuzzedCore(config(input.u8()), this::onSent);
        listener = core.core.sockets().listener(ready -> {});
        listener.bind(0, 0, PORT);
        listener.listen(BACKLOG);
    }

    private static CoreConfig config(int bits) {
        return CoreConfig.with(core -> {
            core.mptcp.enabled = false;
            core.ipFragTimeNs = 1_000 * MS;
            core.ipFragHighThresh = 1 << 17;
            core.ipFragMaxDatagrams = 16;
            core.ipFragMaxFragments = 32;
        }).withTcp(TcpConfig.with(tcp -> {
            tcp.headerPrediction = (bits & 1) == 0;
            tcp.timestamps = (bits & 2) == 0;
            tcp.sack = (bits & 4) == 0;
            tcp.windowScaling = (bits & 8) == 0;
            tcp.pacing = (bits & 16) == 0;
            tcp.maxSynBacklog = (bits & 32) == 0 ? HALF_OPEN : 1;
            tcp.maxTimeWait = (bits & 64) == 0 ? 8 : 1;
            tcp.receiveBuffer = BUFFER;
            tcp.sendBuffer = (bits & 128) == 0 ? 64 << 10 : 4 << 10;
            tcp.maxSentRecords = 64;
        }));
    }

    /** The input is a byte of configuration and the program. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        new StackCoreFuzz(new FuzzInput(bytes)).run();
    }

    private void run() {
        for (int steps = 0; steps < MOST_STEPS && !input.isEmpty(); steps++) {
            step();
            core.flush();
            check();
        }
        listener.close(core.nowNs);
        for (FuzzedApplication application : applications) {
            application.socket.close(core.nowNs);
        }
        core.runDry();
    }

    private void check() {
        core.check();
        applications.forEach(FuzzedApplication::check);
        long frames = FuzzedCore.framesHeld();
        require(frames <= MOST_FRAMES, frames + " frames are held");
    }

    private void step() {
        int op = input.u8();
        switch (op >>> 4) {
            case 0 -> connect((op & 1) != 0);
            case 1 -> newFlow((op & 1) != 0);
            case 2 -> accept();
            case 3 -> send(op);
            case 4 -> receive(op);
            case 5 -> end(op);
            case 6 -> core.after(MS << (op & 15));
            case 7 -> core.toNextDeadline();
            case 8, 9 -> honest(op);
            case 10, 11 -> forged(op);
            case 12 -> mutated(op);
            case 13 -> selective(op);
            case 14 -> other(op);
            default -> options(op);
        }
    }

    // The application.

    private void connect(boolean v4) {
        if (applications.size() < MOST_FLOWS) {
            applications.add(new FuzzedApplication(core.connect(v4)));
        }
    }

    private void accept() {
        if (applications.size() < MOST_FLOWS) {
            StreamSocket socket = listener.accept((who, ready) -> {});
            if (socket != null) {
                applications.add(new FuzzedApplication(socket));
            }
        }
    }

    private FuzzedApplication application(int op) {
        return applications.isEmpty() ? null : applications.get((op & 7) % applications.size());
    }

    private void send(int op) {
        FuzzedApplication application = application(op);
        if (application != null) {
            int length = (op & 8) != 0 ? input.u16() % 20_000 : input.u8();
            application.send(length, (length & 1) != 0 ? 0 : MessageFlags.MSG_MORE, core.nowNs);
        }
    }

    private void receive(int op) {
        FuzzedApplication application = application(op);
        if (application == null) {
            return;
        }
        int how = input.u8();
        if ((op & 8) != 0) {
            application.take(core.nowNs);
            return;
        }
        int flags = (how & 1) != 0 ? MessageFlags.MSG_PEEK : 0;
        application.receive(how << 4, flags | ((how & 2) != 0 ? MessageFlags.MSG_WAITALL : 0), flags != 0, core.nowNs);
    }

    private void end(int op) {
        FuzzedApplication application = application(op);
        if (application == null) {
            return;
        }
        core.end(application.socket, (op & 8) != 0 ? input.u8() : 0);
    }

    private void options(int op) {
        FuzzedApplication application = application(op);
        if (application == null) {
            return;
        }
        StreamSocket socket = application.socket;
        int bits = input.u8();
        var tcp = socket.options().tcp;
        switch (bits & 7) {
            case 0 -> tcp.noDelay = !tcp.noDelay;
            case 1 -> tcp.cork = !tcp.cork;
            case 2 -> tcp.quickAck = !tcp.quickAck;
            case 3 -> keepAlive(socket);
            case 4 -> tcp.userTimeoutNs = (bits >>> 3) * 100 * MS;
            case 5 -> tcp.maxSegment = (bits >>> 3) * 40;
            case 6 -> tcp.sendBuffer = 1 + (bits >>> 3) * 2_000;
            default -> socket.options().lingerNs = ((bits >>> 3) - 1) * 500 * MS;
        }
        socket.optionsChanged(core.nowNs);
    }

    private static void keepAlive(StreamSocket socket) {
        var tcp = socket.options().tcp;
        tcp.keepAlive = !tcp.keepAlive;
        tcp.keepIdleNs = 1_000 * MS;
        tcp.keepIntervalNs = 300 * MS;
        tcp.keepCount = 3;
    }

    // The wire.

    private void onSent(Frame frame) {
        long a = frame.data();
        int ip = FuzzedCore.tcpAt(a);
        if (ip < 0) {
            return;
        }
        boolean v4 = Ipv4.version(a) == 4;
        long tcp = a + ip;
        int payload = frame.length() - ip - Tcp.dataOffset(tcp);
        require(payload >= 0, "sent a torn segment");
        lastSent = new byte[Math.min(frame.linearLength(), 128)];
        Memory.copyOut(a, lastSent, 0, lastSent.length);
        FuzzedFlow flow = flow(v4 ? 4 : 6, Tcp.srcPort(tcp), Tcp.dstPort(tcp));
        if (flow == null && flows.size() < MOST_FLOWS && (Tcp.flags(tcp) & Tcp.SYN) != 0) {
            flow = new FuzzedFlow(v4 ? 4 : 6, Tcp.srcPort(tcp), Tcp.dstPort(tcp), 0xffff_f000 + 777 * flows.size());
            flows.add(flow);
        }
        if (flow != null) {
            flow.sent(frame, tcp, payload);
        }
    }

    private FuzzedFlow flow(int version, int localPort, int remotePort) {
        for (FuzzedFlow flow : flows) {
            if (flow.version == version && flow.localPort == localPort && flow.remotePort == remotePort) {
                return flow;
            }
        }
        return null;
    }

    private FuzzedFlow flow(int op) {
        return flows.isEmpty() ? null : flows.get((op & 7) % flows.size());
    }

    /** A SYN to the listener, from a port that is new as long as there are any. */
    private void newFlow(boolean v4) {
        if (flows.size() < MOST_FLOWS) {
            flows.add(new FuzzedFlow(v4 ? 4 : 6, PORT, 1_000 + flows.size(), 0x7fff_ff00 + flows.size()));
        }
        FuzzedFlow flow = flows.getLast();
        flow.peerNxt = flow.peerIss + 1;
        var segment = new ForgedSegment(flow);
        segment.seq = flow.peerIss;
        segment.flags = Tcp.SYN;
        segment.syn(true, true);
        deliver(segment.build(core));
    }

    /** What an honest peer would send next, some data with it. */
    private void honest(int op) {
        FuzzedFlow flow = flow(op);
        if (flow == null) {
            return;
        }
        ForgedSegment segment = ForgedSegment.honest(flow);
        if ((segment.flags & Tcp.SYN) == 0) {
            segment.payload = (op & 8) != 0 ? input.u16() % 9_000 : input.u8() * 8;
        }
        int end = segment.seq + segment.payload + ((segment.flags & Tcp.SYN) >>> 1);
        flow.peerNxt = end;
        Frame frame = segment.build(core);
        if (frame != null && segment.payload > 1_500) {
            frame.gso(flow.version == 4 ? Frame.GSO_TCP4 : Frame.GSO_TCP6, 1_000).checksumState(Frame.CHECKSUM_VALID);
        }
        deliver(frame);
    }

    /** A segment near the connection's numbers, with any flags. */
    private void forged(int op) {
        FuzzedFlow flow = flow(op);
        if (flow == null) {
            return;
        }
        var segment = new ForgedSegment(flow);
        segment.flags = input.u8();
        segment.seq = near(flow.peerNxt, flow.acked ? flow.ack : flow.peerIss);
        segment.ack = near(flow.sndNxt, flow.iss);
        segment.payload = (op & 8) != 0 ? input.u16() % 4_000 : input.u8();
        segment.window = (op & 16) != 0 ? input.u16() : 60_000;
        segment.urgent = (segment.flags & Tcp.URG) != 0 ? input.u16() : 0;
        segment.trafficClass = segment.flags >>> 6;
        segment.stamp();
        deliver(segment.build(core));
    }

    /** One of two numbers, or one not far from it, or any. */
    private int near(int one, int other) {
        int how = input.u8();
        return switch (how & 7) {
            case 0, 1 -> one;
            case 2 -> other;
            case 3 -> one - (how >>> 3);
            case 4 -> one + (how >>> 3);
            case 5 -> other + (how >>> 3);
            case 6 -> one + (short) input.u16();
            default -> input.i32();
        };
    }

    /** An honest segment in which some bytes are others, with checksums that fit or without. */
    private void mutated(int op) {
        FuzzedFlow flow = flow(op);
        Frame frame = flow == null ? null : ForgedSegment.honest(flow).build(core);
        if (frame == null) {
            return;
        }
        FuzzedCore.spoil(frame, input);
        deliver((op & 8) != 0 ? frame.checksumState(Frame.CHECKSUM_VALID) : frame);
    }

    /** A duplicate acknowledgement with SACK blocks in and around what is in flight. */
    private void selective(int op) {
        FuzzedFlow flow = flow(op);
        if (flow == null) {
            return;
        }
        var segment = new ForgedSegment(flow);
        int span = Math.max(1, flow.sndNxt - flow.iss);
        segment.ack = flow.iss + 1 + input.u16() % span;
        segment.stamp();
        int blocks = 1 + (op & 3);
        segment.option(1, 1, 5, 2 + 8 * blocks);
        for (int i = 0; i < blocks; i++) {
            number(segment, segment.ack + input.u16() % span - ((op & 8) >>> 3));
            number(segment, segment.ack + input.u16() % span);
        }
        deliver(segment.build(core));
    }

    private static void number(ForgedSegment segment, int value) {
        segment.option(value >>> 24, value >>> 16, value >>> 8, value);
    }

    /** What is no segment of a flow. */
    private void other(int op) {
        switch (op & 3) {
            case 0 -> deliver(Quotation.about(core, lastSent, input));
            case 1 -> deliver(raw());
            case 2 -> core.core.onDevice(0, input.flag(), 576 + input.u8() * 8, core.nowNs);
            default -> fragments();
        }
    }

    private Frame raw() {
        Frame frame = core.frame(input.bytes(input.u8()));
        if (frame != null) {
            ForgedSegment.mend(frame);
        }
        return frame;
    }

    /** An honest segment in two pieces, in some order, the second perhaps beside where it belongs. */
    private void fragments() {
        FuzzedFlow flow = flow(input.u8());
        if (flow == null || flow.version != 4) {
            return;
        }
        ForgedSegment whole = ForgedSegment.honest(flow);
        whole.payload = 400;
        Frame first = whole.build(core);
        Frame second = whole.build(core);
        if (first != null && second != null) {
            Fragments.cut(first, second, 24 + (input.u8() & 0x38), input.u8());
            boolean inOrder = input.flag();
            deliver(inOrder ? first : second);
            deliver(inOrder ? second : first);
        } else if (first != null) {
            first.release();
        }
    }

    private void deliver(Frame frame) {
        if (frame != null) {
            core.receive(frame.device(0));
        }
    }
}
