package dev.braid.stack.udp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.Udp;
import dev.braid.stack.core.CoreCounters;
import dev.braid.stack.icmp.IcmpErrorOutput;
import dev.braid.stack.ip.IpHeader;

/** Takes received UDP datagrams (RFC 768). No port is open, so each gets the error RFC 1122 section 4.1.3.1 asks for. */
public final class UdpInput {
    private final CoreCounters counters;
    private final IcmpErrorOutput errors;

    /** An input that answers through these errors. */
    public UdpInput(CoreCounters counters, IcmpErrorOutput errors) {
        this.counters = counters;
        this.errors = errors;
    }

    /** Takes a datagram over, its checksum verified. */
    public void input(Frame frame, IpHeader header, long nowNs) {
        int length = header.transportLength();
        int claimed = length < Udp.HEADER ? 0 : Udp.length(frame.require(header.headerLength(), Udp.HEADER));
        if (claimed < Udp.HEADER || claimed > length) {
            counters.udpInErrors.increment();
            frame.drop(counters.udpDropLength);
            return;
        }
        errors.portUnreachable(frame, header, nowNs);
        frame.drop(counters.udpNoPorts);
    }
}
