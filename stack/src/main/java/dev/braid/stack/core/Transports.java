package dev.braid.stack.core;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.stack.icmp.IcmpErrorOutput;
import dev.braid.stack.icmp.IcmpInput;
import dev.braid.stack.ip.IpCounters;
import dev.braid.stack.ip.IpHeader;
import dev.braid.stack.ip.IpOutput;
import dev.braid.stack.ip.IpUser;
import dev.braid.stack.tcp.TcpLayer;
import dev.braid.stack.udp.UdpLayer;

/** Brings each packet to the protocol it is for, and sends the errors that IP wants sent. */
final class Transports implements IpUser {
    private final CoreCounters counters;
    private final TcpLayer tcp;
    private final IcmpErrorOutput errors;
    private final IcmpInput icmp;
    private final UdpLayer udp;

    Transports(
            CoreConfig config,
            CoreCounters counters,
            FramePool frames,
            IpOutput output,
            Entropy entropy,
            TcpLayer tcp) {
        this.counters = counters;
        this.tcp = tcp;
        this.errors = new IcmpErrorOutput(config, counters, frames, output, entropy);
        this.udp = new UdpLayer(config, counters, errors, output, frames, entropy);
        this.icmp = new IcmpInput(config, counters, output, tcp::onIcmpError, udp::onIcmpError);
    }

    /** UDP, which needs the errors that go back. */
    UdpLayer udp() {
        return udp;
    }

    @Override
    public void onPacket(Frame frame, IpHeader header, long nowNs) {
        int version = header.version();
        switch (header.protocol()) {
            case Protocol.TCP -> tcp.input(frame, header, nowNs);
            case Protocol.UDP -> udp.input(frame, header, nowNs);
            case Protocol.ICMP -> {
                if (version == 4) {
                    icmp.input(frame, header, nowNs);
                } else {
                    refuse(frame, header, nowNs);
                }
            }
            case Protocol.ICMPV6 -> {
                if (version == 6) {
                    icmp.input(frame, header, nowNs);
                } else {
                    refuse(frame, header, nowNs);
                }
            }
            default -> refuse(frame, header, nowNs);
        }
    }

    private void refuse(Frame frame, IpHeader header, long nowNs) {
        IpCounters ip = counters.ip(header.version());
        errors.protocolUnreachable(frame, header, nowNs);
        frame.drop(ip.inUnknownProtos);
    }

    @Override
    public void onParameterProblem(Frame frame, IpHeader header, int code, int pointer, long nowNs) {
        errors.parameterProblem(frame, header, code, pointer, nowNs);
    }

    @Override
    public void onReassemblyTimeout(Frame firstFragment, IpHeader header, long nowNs) {
        errors.reassemblyTimeExceeded(firstFragment, header, nowNs);
    }
}
