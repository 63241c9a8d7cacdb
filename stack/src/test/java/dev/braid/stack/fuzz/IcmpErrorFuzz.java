package dev.braid.stack.fuzz;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.core.CoreConfig;
import dev.braid.testing.fuzz.FuzzInput;

/** ICMP errors about a connection that is opening: of any type, quoting what it sent or something near it. */
public final class IcmpErrorFuzz {
    private static final int MOST_ERRORS = 12;

    private IcmpErrorFuzz() {}

    /** The input is the IP version and some errors, each with a moment before it. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new FuzzInput(bytes);
        byte[][] last = {{}};
        var core = new FuzzedCore(CoreConfig.DEFAULT.plainTcp(), frame -> {
            last[0] = new byte[Math.min(frame.linearLength(), 256)];
            Memory.copyOut(frame.data(), last[0], 0, last[0].length);
        });
        var socket = core.core.sockets().stream((who, ready) -> {});
        IpAddress peer = input.flag() ? FuzzedCore.PEER4 : FuzzedCore.PEER6;
        socket.connect(peer.hi(), peer.lo(), 9, core.nowNs);
        core.flush();
        byte[] syn = last[0];
        for (int errors = 0; errors < MOST_ERRORS && !input.isEmpty(); errors++) {
            core.after(input.u8() * 10_000_000L);
            Frame frame = Quotation.about(core, input.flag() ? syn : last[0], input);
            if (frame != null) {
                core.receive(frame);
            }
            core.check();
        }
        socket.close(core.nowNs);
        core.runDry();
    }
}
