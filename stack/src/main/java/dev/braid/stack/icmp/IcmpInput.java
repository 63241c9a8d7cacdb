package dev.braid.stack.icmp;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.CoreCounters;
import dev.braid.stack.ip.IpHeader;
import dev.braid.stack.ip.IpOutput;
import dev.braid.stack.ip.IpPath;
import org.jspecify.annotations.Nullable;

/**
 * Takes received ICMP and ICMPv6 messages: answers echo requests, brings errors to their transports, ignores under a counter
 * what means nothing to a host with a TUN (RFC 792, RFC 1122 section 3.2.2, RFC 4443). Core's thread only.
 */
public final class IcmpInput {
    private static final int ECN = 3;

    private final CoreConfig config;
    private final CoreCounters counters;
    private final IpOutput output;
    private final IcmpErrorInput errors;
    private @Nullable IpPath path;

    /**
     * An input.
     *
     * @param tcp hears of errors about TCP segments
     * @param udp hears of errors about UDP datagrams
     */
    public IcmpInput(
            CoreConfig config, CoreCounters counters, IpOutput output, IcmpErrorUser tcp, IcmpErrorUser udp) {
        this.config = config;
        this.counters = counters;
        this.output = output;
        this.errors = new IcmpErrorInput(tcp, udp);
    }

    /** Takes a message over, its checksum verified. */
    public void input(Frame frame, IpHeader header, long nowNs) {
        IcmpCounters icmp = counters.icmp(header.version());
        icmp.inMsgs.increment();
        if (header.transportLength() < Icmpv4.HEADER) {
            refuse(frame, icmp, icmp.dropTruncated);
            return;
        }
        int type = Icmpv4.type(frame.require(header.headerLength(), Icmpv4.HEADER));
        boolean v4 = header.version() == 4;
        if (type == (v4 ? Icmpv4.ECHO_REQUEST : Icmpv6.ECHO_REQUEST)) {
            icmp.inEchos.increment();
            echo(frame, header, icmp);
            return;
        }
        (v4 ? count4(icmp, type) : count6(icmp, type)).increment();
        if (!isReportable(v4, type)) {
            frame.drop(icmp.dropIgnored);
            return;
        }
        Counter refusal = errors.input(frame, header, icmp, nowNs);
        if (refusal == null) {
            frame.release();
        } else if (refusal == icmp.dropQuotation) {
            refuse(frame, icmp, refusal);
        } else {
            frame.drop(refusal);
        }
    }

    private static void refuse(Frame frame, IcmpCounters icmp, Counter reason) {
        icmp.inErrors.increment();
        frame.drop(reason);
    }

    /**
     * RFC 1122 section 3.2.2.6, RFC 4443 section 4.2: the reply goes back with identifier, sequence number and data unchanged,
     * from the address that was asked; in fragments if need be.
     */
    private void echo(Frame frame, IpHeader header, IcmpCounters icmp) {
        IpPath back = path = output.replyPath(header, path);
        if (config.icmpEchoIgnoreAll) {
            frame.drop(icmp.dropIgnored);
            return;
        }
        if (back == null) {
            frame.drop(icmp.outErrors);
            return;
        }
        boolean v4 = header.version() == 4;
        // The request's own frame carries the reply: what stands in front of the ICMP header becomes headroom.
        frame.pushFront(-header.headerLength());
        frame.gso(Frame.GSO_NONE, 0);
        Icmpv4.putType(frame.data(), v4 ? Icmpv4.ECHO_REPLY : Icmpv6.ECHO_REPLY);
        icmp.outMsgs.increment();
        icmp.outEchoReps.increment();
        int trafficClass = header.trafficClass() & ~ECN;
        output.send(back, frame, v4 ? Protocol.ICMP : Protocol.ICMPV6, config.ipDefaultTtl, trafficClass);
    }

    /** Source quench (RFC 6633) and redirects, which a forger would like to see followed, are not read at all. */
    private static boolean isReportable(boolean v4, int type) {
        return v4
                ? Icmpv4.isError(type) && type != Icmpv4.SOURCE_QUENCH && type != Icmpv4.REDIRECT
                : type >= Icmpv6.DESTINATION_UNREACHABLE && type <= Icmpv6.PARAMETER_PROBLEM;
    }

    private static Counter count4(IcmpCounters icmp, int type) {
        return switch (type) {
            case Icmpv4.DESTINATION_UNREACHABLE -> icmp.inDestUnreachs;
            case Icmpv4.TIME_EXCEEDED -> icmp.inTimeExcds;
            case Icmpv4.PARAMETER_PROBLEM -> icmp.inParmProbs;
            case Icmpv4.SOURCE_QUENCH -> icmp.inSrcQuenchs;
            case Icmpv4.REDIRECT -> icmp.inRedirects;
            case Icmpv4.ECHO_REPLY -> icmp.inEchoReps;
            default -> icmp.inOthers;
        };
    }

    private static Counter count6(IcmpCounters icmp, int type) {
        return switch (type) {
            case Icmpv6.DESTINATION_UNREACHABLE -> icmp.inDestUnreachs;
            case Icmpv6.PACKET_TOO_BIG -> icmp.inPktTooBigs;
            case Icmpv6.TIME_EXCEEDED -> icmp.inTimeExcds;
            case Icmpv6.PARAMETER_PROBLEM -> icmp.inParmProbs;
            case Icmpv6.REDIRECT -> icmp.inRedirects;
            case Icmpv6.ECHO_REPLY -> icmp.inEchoReps;
            default -> icmp.inOthers;
        };
    }
}
