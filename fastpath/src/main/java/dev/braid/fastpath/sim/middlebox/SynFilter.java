package dev.braid.fastpath.sim.middlebox;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.Middlebox;
import java.util.BitSet;

/** A firewall that drops SYNs with options it does not like. */
public final class SynFilter implements Middlebox {
    private final BitSet disliked;
    private final Counter dropped;
    private final TcpPacket segment = new TcpPacket();

    /**
     * A firewall.
     *
     * @param disliked option kinds, 2..255
     */
    public SynFilter(BitSet disliked, Counter dropped) {
        this.disliked = (BitSet) disliked.clone();
        this.dropped = dropped;
    }

    @Override
    public void onFrame(Frame frame, long nowNs, FrameOutput forward) {
        if (segment.read(frame) && segment.isSyn() && isDisliked()) {
            frame.drop(dropped);
        } else {
            forward.transmit(frame);
        }
    }

    private boolean isDisliked() {
        long at = segment.nextOption(segment.options());
        while (at != 0 && !disliked.get(Memory.u8(at))) {
            at = segment.nextOption(at + Memory.u8(at + 1));
        }
        return at != 0;
    }
}
