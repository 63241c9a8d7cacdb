package dev.braid.fastpath.sim.middlebox;

import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;

/**
 * A firewall that shifts the sequence numbers of one side's connections, as those do that mistrust its initial numbers.
 *
 * <p>Each connection has an offset of its own, a hash of its addresses and ports, so the box remembers nothing. One object has
 * both directions: what goes forth is shifted, what comes back is shifted back.
 */
public final class SequenceShift {
    private final long seed;
    private final boolean leavesSack;
    private final TcpPacket segment = new TcpPacket();

    /**
     * A firewall.
     *
     * @param seed decides the offsets
     * @param leavesSack forgets the numbers in SACK blocks, as some do: the sender then sees blocks of bytes it never sent
     */
    public SequenceShift(long seed, boolean leavesSack) {
        this.seed = seed;
        this.leavesSack = leavesSack;
    }

    /** The direction whose sequence numbers are shifted. */
    public Middlebox forth() {
        return this::onForth;
    }

    /** The direction whose acknowledgements are shifted back. */
    public Middlebox back() {
        return this::onBack;
    }

    private void onForth(Frame frame, long nowNs, FrameOutput forward) {
        if (segment.read(frame)) {
            long tcp = segment.tcp();
            int offset = offset(
                    hash(segment.srcHi(), segment.srcLo(), Tcp.srcPort(tcp)),
                    hash(segment.dstHi(), segment.dstLo(), Tcp.dstPort(tcp)));
            Tcp.putSeq(tcp, Tcp.seq(tcp) + offset);
            segment.finish();
        }
        forward.transmit(frame);
    }

    private void onBack(Frame frame, long nowNs, FrameOutput forward) {
        if (segment.read(frame) && (Tcp.flags(segment.tcp()) & Tcp.ACK) != 0) {
            long tcp = segment.tcp();
            int offset = offset(
                    hash(segment.dstHi(), segment.dstLo(), Tcp.dstPort(tcp)),
                    hash(segment.srcHi(), segment.srcLo(), Tcp.srcPort(tcp)));
            Memory.put32(tcp + 8, Tcp.ack(tcp) - offset);
            if (!leavesSack) {
                shiftSackBack(offset);
            }
            segment.finish();
        }
        forward.transmit(frame);
    }

    private void shiftSackBack(int offset) {
        for (long at = segment.nextOption(segment.options()); at != 0;) {
            int length = Memory.u8(at + 1);
            if (Memory.u8(at) == TcpOptions.KIND_SACK) {
                for (long edge = at + 2; edge + 4 <= at + length; edge += 4) {
                    Memory.put32(edge, Memory.i32(edge) - offset);
                }
            }
            at = segment.nextOption(at + length);
        }
    }

    private static long hash(long hi, long lo, int port) {
        return SplitMix64.at(SplitMix64.at(hi, lo), port);
    }

    private int offset(long shiftedEnd, long otherEnd) {
        return (int) SplitMix64.at(SplitMix64.at(seed, shiftedEnd), otherEnd);
    }
}
