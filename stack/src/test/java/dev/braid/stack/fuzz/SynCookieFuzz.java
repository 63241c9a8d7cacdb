package dev.braid.stack.fuzz;

import static dev.braid.stack.fuzz.FuzzedCore.require;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.testing.fuzz.FuzzInput;

/** Third segments that bring a SYN cookie back, honest, late, or guessed: only a cookie of ours makes a connection. */
public final class SynCookieFuzz {
    private static final int PORT = 80;
    private static final long HONOURED_NS = 120_000_000_000L;
    private static final long FORGOTTEN_NS = 180_000_000_000L;

    private SynCookieFuzz() {}

    /** The input is the SYN's options, the time until the ACK, and what is wrong with it. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new FuzzInput(bytes);
        int[] cookie = {0};
        var core = new FuzzedCore(CoreConfig.DEFAULT.plainTcp().withTcp(TcpConfig.with(tcp -> tcp.maxSynBacklog = 1)),
                frame -> {
                    long tcp = frame.data() + Ipv4.MIN_HEADER;
                    if (Tcp.dstPort(tcp) == 1_001 && (Tcp.flags(tcp) & Tcp.SYN) != 0) {
                        cookie[0] = Tcp.seq(tcp);
                    }
                });
        ListenSocket listener = core.core.sockets().listener(ready -> {});
        listener.bind(0, 0, PORT);
        listener.listen(4);
        syn(core, new FuzzedFlow(4, PORT, 1_000, 5), new FuzzInput(new byte[0]));
        var flow = new FuzzedFlow(4, PORT, 1_001, input.i32());
        syn(core, flow, input);
        long waited = input.u8() * 1_000_000_000L;
        core.after(waited);
        int wrongAck = input.u8() < 128 ? 0 : input.i32();
        int wrongSeq = input.u8() < 128 ? 0 : input.i32();
        var ack = new ForgedSegment(flow);
        ack.seq = flow.peerIss + 1 + wrongSeq;
        ack.ack = cookie[0] + 1 + wrongAck;
        for (byte option : input.rest()) {
            ack.option(option & 0xff);
        }
        deliver(core, ack);
        StreamSocket accepted = listener.accept((who, ready) -> {});
        // The MSS that a cookie names is not hashed: who changes it gets another of the eight.
        boolean ours = wrongSeq == 0 && cookie[0] >>> 3 == (cookie[0] + wrongAck) >>> 3;
        require(accepted == null || (ours && waited <= FORGOTTEN_NS), "a connection from no cookie of ours");
        require(accepted != null || !ours || waited >= HONOURED_NS, "a cookie was not honoured");
        if (accepted != null) {
            accepted.abort(core.nowNs);
        }
        listener.close(core.nowNs);
        core.runDry();
    }

    private static void syn(FuzzedCore core, FuzzedFlow flow, FuzzInput input) {
        var syn = new ForgedSegment(flow);
        syn.seq = flow.peerIss;
        syn.flags = Tcp.SYN;
        for (byte option : input.bytes(input.u8() % 40)) {
            syn.option(option & 0xff);
        }
        deliver(core, syn);
    }

    private static void deliver(FuzzedCore core, ForgedSegment segment) {
        Frame frame = segment.build(core);
        if (frame != null) {
            core.receive(frame);
            core.check();
        }
    }
}
