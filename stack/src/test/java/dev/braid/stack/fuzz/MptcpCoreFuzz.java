package dev.braid.stack.fuzz;

import static dev.braid.stack.fuzz.FuzzedCore.require;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.testing.fuzz.FuzzInput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Multipath TCP through a whole core of two links: the input is a program of what honest peers say on several subflows, what liars
 * say, calls of applications, and what becomes of links, addresses and endpoints. As long as nobody lied about a connection's stream
 * every byte of it is checked where it is read and where it is sent; after each step memory is bounded, and in the end nothing is left.
 */
public final class MptcpCoreFuzz {
    private static final int PORT = 80;
    private static final int MOST_STEPS = 200;
    private static final int MOST_CONNECTIONS = 3;
    private static final int MOST_SUBFLOWS = 8;
    private static final int BUFFER = 32 << 10;
    /** Frames that a connection may pin: twice its buffer at the data level and on each subflow, in the smallest slots. */
    private static final int FRAMES_EACH = (MOST_SUBFLOWS + 1) * (2 * BUFFER / 2048 + 8);
    private static final long MOST_FRAMES = (long) MOST_CONNECTIONS * FRAMES_EACH;
    private static final long MS = 1_000_000L;

    private final FuzzInput input;
    private final FuzzedCore core;
    private final ListenSocket listener;
    private final List<FuzzedPeer> peers = new ArrayList<>();
    private final List<FuzzedStream> streams = new ArrayList<>();
    private final FuzzedHost host;
    private int nextPort = 1_000;

    private MptcpCoreFuzz(FuzzInput input) {
        this.input = input;
        core = new FuzzedCore(config(input.u8()), this::onSent);
        host = new FuzzedHost(core, input);
        listener = core.core.sockets().listener(ready -> {});
        listener.bind(0, 0, PORT);
        listener.listen(MOST_CONNECTIONS);
    }

    private static CoreConfig config(int bits) {
        return CoreConfig.with(core -> {
            core.mptcp.enabled = true;
            core.mptcp.checksum = (bits & 1) != 0;
            core.mptcp.liveness = (bits & 2) == 0;
            core.mptcp.allowJoinInitialAddressPort = (bits & 4) == 0;
            core.mptcp.scheduler = (bits & 8) == 0 ? "default" : "kernel";
            core.mptcp.pathManagers = (bits & 16) == 0 ? "endpoints" : "kernel";
            core.mptcp.linkEndpoints = (bits & 32) == 0;
        }).withTcp(TcpConfig.with(tcp -> {
            tcp.headerPrediction = (bits & 64) == 0;
            tcp.maxSynBacklog = (bits & 128) == 0 ? 8 : 0;
            tcp.receiveBuffer = BUFFER;
            tcp.maxReceiveBuffer = BUFFER;
            tcp.sendBuffer = 64 << 10;
        }));
    }

    /** The input is a byte of configuration and the program. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        new MptcpCoreFuzz(new FuzzInput(bytes)).run();
    }

    private void run() {
        for (int steps = 0; steps < MOST_STEPS && !input.isEmpty(); steps++) {
            step();
            core.flush();
            check();
        }
        listener.close(core.nowNs);
        for (FuzzedStream stream : streams) {
            stream.socket.close(core.nowNs);
        }
        core.runDry();
    }

    private void check() {
        core.check();
        long frames = FuzzedCore.framesHeld();
        require(frames <= MOST_FRAMES, frames + " frames are held");
    }

    private void step() {
        int op = input.u8();
        switch (op >>> 4) {
            case 0 -> connect((op & 1) != 0);
            case 1 -> begin((op & 1) != 0);
            case 2 -> accept();
            case 3 -> send(op);
            case 4 -> receive(op);
            case 5 -> end(op);
            case 6 -> core.after(MS << (op & 15));
            case 7 -> core.toNextDeadline();
            case 8, 9 -> honest(op);
            case 10 -> join(op);
            case 11 -> again(op);
            case 12 -> lie(op);
            case 13 -> say(op);
            case 14 -> distort(op);
            default -> host.change(op & 15, stream(input.u8()));
        }
    }

    // The application.

    private void connect(boolean v4) {
        if (streams.size() < MOST_CONNECTIONS) {
            streams.add(new FuzzedStream(core.connect(v4)));
        }
    }

    private void accept() {
        if (streams.size() < MOST_CONNECTIONS) {
            StreamSocket socket = listener.accept((who, ready) -> {});
            if (socket != null) {
                streams.add(new FuzzedStream(socket));
            }
        }
    }

    private @Nullable FuzzedStream stream(int number) {
        return streams.isEmpty() ? null : streams.get((number & 7) % streams.size());
    }

    private void send(int op) {
        FuzzedStream stream = stream(op);
        if (stream != null) {
            stream.send((op & 8) != 0 ? input.u16() % 20_000 : input.u8(), core.nowNs);
        }
    }

    private void receive(int op) {
        FuzzedStream stream = stream(op);
        if (stream != null) {
            stream.receive(input.u8() << 8, peerOf(stream.socket), core.nowNs);
        }
    }

    /** Whose stream the socket reads, or {@code null} if that is not known or not to be trusted. */
    private @Nullable FuzzedPeer peerOf(StreamSocket socket) {
        if (!(socket.connection() instanceof MptcpConnection connection) || connection.fallbackReason() != null) {
            return null;
        }
        for (FuzzedPeer peer : peers) {
            FuzzedSubflow first = peer.subflows.getFirst();
            if (first.localPort == connection.localPort() && first.remotePort == connection.remotePort()
                    && first.host.lo() == connection.localLo() && first.host.hi() == connection.localHi()) {
                return peer.poisoned ? null : peer;
            }
        }
        return null;
    }

    private void end(int op) {
        FuzzedStream stream = stream(op);
        if (stream != null) {
            core.end(stream.socket, (op & 8) != 0 ? input.u8() : 0);
        }
    }

    // The wire.

    private void onSent(Frame frame) {
        long a = frame.data();
        int ip = FuzzedCore.tcpAt(a);
        if (ip < 0) {
            return;
        }
        boolean v4 = Ipv4.version(a) == 4;
        IpAddress from = v4 ? IpAddress.ofIpv4(Ipv4.src(a)) : new IpAddress(Ipv6.srcHi(a), Ipv6.srcLo(a));
        IpAddress to = v4 ? IpAddress.ofIpv4(Ipv4.dst(a)) : new IpAddress(Ipv6.dstHi(a), Ipv6.dstLo(a));
        long tcp = a + ip;
        int payload = frame.length() - ip - Tcp.dataOffset(tcp);
        require(payload >= 0, "sent a torn segment");
        FuzzedSubflow flow = subflow(from, Tcp.srcPort(tcp), to, Tcp.dstPort(tcp));
        if (flow == null && (Tcp.flags(tcp) & (Tcp.SYN | Tcp.ACK)) == Tcp.SYN) {
            flow = opened(from, to, tcp, frame.device());
        }
        if (flow != null) {
            flow.sent(frame, tcp, payload);
        }
    }

    private @Nullable FuzzedSubflow subflow(IpAddress host, int localPort, IpAddress peer, int remotePort) {
        for (FuzzedPeer connection : peers) {
            for (FuzzedSubflow flow : connection.subflows) {
                if (flow.localPort == localPort && flow.remotePort == remotePort && flow.host.equals(host)
                        && flow.peer.equals(peer)) {
                    return flow;
                }
            }
        }
        return null;
    }

    /** The core opens a subflow: of the connection whose token it says, or of a new one. */
    private @Nullable FuzzedSubflow opened(IpAddress from, IpAddress to, long tcp, int device) {
        int token = FuzzedSubflow.tokenOf(tcp);
        FuzzedPeer connection = null;
        for (FuzzedPeer peer : peers) {
            connection = peer.token() == token ? peer : connection;
        }
        boolean joins = connection != null;
        if (connection == null) {
            connection = newPeer();
        }
        return connection == null || connection.subflows.size() == MOST_SUBFLOWS
                ? null
                : new FuzzedSubflow(
                        connection, joins, false, device, from, Tcp.srcPort(tcp), to, Tcp.dstPort(tcp));
    }

    private @Nullable FuzzedPeer newPeer() {
        if (peers.size() == MOST_CONNECTIONS) {
            return null;
        }
        var peer = new FuzzedPeer(0x1234_5678_9abc_0000L + peers.size());
        peers.add(peer);
        return peer;
    }

    private void begin(boolean v4) {
        FuzzedPeer peer = newPeer();
        if (peer != null) {
            var first = new FuzzedSubflow(
                    peer, false, true, 0, FuzzedCore.host(0, v4), PORT, FuzzedCore.peer(0, v4), nextPort++);
            deliver(first, first.honest(0));
        }
    }

    private @Nullable FuzzedPeer peer(int number) {
        return peers.isEmpty() ? null : peers.get((number & 3) % peers.size());
    }

    private @Nullable FuzzedSubflow subflow(int number) {
        FuzzedPeer peer = peer(number);
        return peer == null || peer.subflows.isEmpty() ? null : peer.subflows.get(input.u8() % peer.subflows.size());
    }

    /** A subflow that the peer opens, between any two addresses. */
    private void join(int op) {
        FuzzedPeer peer = peer(op);
        if (peer != null && peer.knowsHostKey && peer.subflows.size() < MOST_SUBFLOWS) {
            int how = input.u8();
            boolean v4 = (how & 1) != 0;
            int device = how >>> 1 & 1;
            int port = (how & 8) != 0 ? PORT : 7;
            var flow = new FuzzedSubflow(peer, true, true, device, FuzzedCore.host(device, v4), port,
                    FuzzedCore.peer(how >>> 2 & 1, v4), nextPort++);
            deliver(flow, flow.honest(0));
        }
    }

    /** What an honest peer says next on a subflow, with data or without; some of it is lost. */
    private void honest(int op) {
        FuzzedSubflow flow = subflow(op);
        if (flow != null) {
            int payload = !flow.isOpen() ? 0 : (op & 8) != 0 ? input.u16() % 3_000 : (op & 4) != 0 ? input.u8() : 0;
            ForgedSegment segment = flow.honest(payload);
            if ((op & 16) == 0) {
                deliver(flow, segment);
            }
        }
    }

    /** A piece that was sent before, or lost, goes again: on its own subflow, or on another one. */
    private void again(int op) {
        FuzzedSubflow flow = subflow(op);
        if (flow == null || !flow.isOpen() || flow.connection.pieces.isEmpty()) {
            return;
        }
        FuzzedPeer peer = flow.connection;
        FuzzedPeer.Piece piece = peer.pieces.get(input.u8() % peer.pieces.size());
        if ((op & 8) != 0) {
            deliver(piece.by(), piece.by().carry(piece, false));
        } else {
            var copy = new FuzzedPeer.Piece(flow, flow.peerNxt, piece.place(), piece.length());
            flow.peerNxt += piece.length();
            deliver(flow, flow.carry(copy, false));
        }
    }

    // Lies.

    /** A DSS option that says anything. */
    private void lie(int op) {
        FuzzedSubflow flow = subflow(op);
        if (flow != null) {
            flow.connection.poisoned = true;
            deliver(flow, FuzzedLies.dss(flow, input, (op & 8) != 0));
        }
    }

    /** An option that is not about data: right, or not. */
    private void say(int op) {
        FuzzedSubflow flow = subflow(op);
        if (flow != null) {
            ForgedSegment segment = FuzzedLies.signal(flow, op & 15, input);
            if (segment != null) {
                deliver(flow, segment);
            }
        }
    }

    /** What a box in the middle makes of an honest segment, or somebody who knows ports and numbers. */
    private void distort(int op) {
        FuzzedSubflow flow = subflow(op);
        if (flow == null) {
            return;
        }
        flow.connection.poisoned = true;
        switch (op & 3) {
            case 0 -> deliver(flow, FuzzedLies.stripped(flow, input));
            case 1 -> deliver(flow, FuzzedLies.raw(flow, input));
            case 2 -> deliver(flow, FuzzedLies.flagged(flow, input));
            default -> {
                Frame frame = flow.honest(0).build(core);
                if (frame != null) {
                    FuzzedCore.spoil(frame, input);
                    core.receive(frame.device(flow.device));
                }
            }
        }
    }

    private void deliver(FuzzedSubflow flow, ForgedSegment segment) {
        Frame frame = segment.build(core);
        if (frame != null) {
            core.receive(frame.device(flow.device));
        }
    }
}
