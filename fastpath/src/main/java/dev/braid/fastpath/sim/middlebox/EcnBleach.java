package dev.braid.fastpath.sim.middlebox;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;

/** A router that clears the ECN field of every packet (RFC 3168 section 5), congestion marks with it. */
public final class EcnBleach implements Middlebox {
    private final Counter bleached;

    /**
     * A router.
     *
     * @param bleached counts the packets it changed
     */
    public EcnBleach(Counter bleached) {
        this.bleached = bleached;
    }

    @Override
    public void onFrame(Frame frame, long nowNs, FrameOutput forward) {
        long packet = frame.data();
        if (frame.has(0, Ipv4.MIN_HEADER) && Ipv4.version(packet) == 4 && Ipv4.ecn(packet) != 0
                && frame.has(0, Ipv4.headerLength(packet)) && HeaderChecksum.verifyIpv4(packet)) {
            Memory.put8(packet + 1, Memory.u8(packet + 1) & ~3);
            HeaderChecksum.fillIpv4(packet);
            bleached.increment();
        } else if (frame.has(0, Ipv6.HEADER) && Ipv6.version(packet) == 6 && Ipv6.ecn(packet) != 0) {
            Memory.put8(packet + 1, Memory.u8(packet + 1) & ~0x30);
            bleached.increment();
        }
        forward.transmit(frame);
    }
}
