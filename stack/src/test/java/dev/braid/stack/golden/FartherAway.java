package dev.braid.stack.golden;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Tcp;
import java.util.ArrayDeque;

/** Holds back what goes to every other port of a host, so that half of the flows have a longer round trip. */
final class FartherAway implements Middlebox {
    private record Held(Frame frame, long dueNs) {}

    private final long delayNs;
    private final ArrayDeque<Held> held = new ArrayDeque<>();

    FartherAway(long delayNs) {
        this.delayNs = delayNs;
    }

    @Override
    public void onFrame(Frame frame, long nowNs, FrameOutput forward) {
        if (isFar(Tcp.dstPort(frame.data() + Ipv4.MIN_HEADER))) {
            held.add(new Held(frame, nowNs + delayNs));
        } else {
            forward.transmit(frame);
        }
    }

    /** Whether the flow of this port is one of those. */
    static boolean isFar(int port) {
        return (port & 1) != 0;
    }

    @Override
    public long nextDeadlineNs() {
        return held.isEmpty() ? Deadlines.NONE : held.peek().dueNs();
    }

    @Override
    public void onDeadline(long nowNs, FrameOutput forward) {
        while (!held.isEmpty() && held.peek().dueNs() <= nowNs) {
            forward.transmit(held.poll().frame());
        }
    }

    @Override
    public void close() {
        held.forEach(one -> one.frame().release());
    }
}
