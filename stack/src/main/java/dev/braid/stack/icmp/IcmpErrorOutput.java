package dev.braid.stack.icmp;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Ipv6Extensions;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.CoreCounters;
import dev.braid.stack.core.Entropy;
import dev.braid.stack.ip.IpHeader;
import dev.braid.stack.ip.IpOutput;
import dev.braid.stack.ip.IpPath;
import org.jspecify.annotations.Nullable;

/**
 * The errors a host must send about packets it got (RFC 1122 section 3.2.2, RFC 4443 section 2.4): rate limited, and never
 * about errors. That a packet about which an error is sent went to one host and came from one, {@code IpInput} has seen to;
 * that it is not a later fragment too, for no other is handed up.
 *
 * <p>The offending frame stays the caller's, its data starting at the IP header. Core's thread only.
 */
public final class IcmpErrorOutput {
    /** RFC 1812 section 4.3.2.3: as much of the packet as fits without the error exceeding 576 bytes. */
    private static final int MAX_QUOTE4 = Ipv4.MIN_REASSEMBLY - Ipv4.MIN_HEADER - Icmpv4.HEADER;
    /** RFC 4443 section 2.4 (c): as much as fits without the error exceeding the least IPv6 MTU. */
    private static final int MAX_QUOTE6 = Ipv6.MIN_MTU - Ipv6.HEADER - Icmpv6.HEADER;

    private final CoreConfig config;
    private final CoreCounters counters;
    private final FramePool frames;
    private final IpOutput output;
    private final TokenBucket limit;
    private @Nullable IpPath path;

    /** An output of errors with a rate limit of its own. */
    public IcmpErrorOutput(
            CoreConfig config, CoreCounters counters, FramePool frames, IpOutput output, Entropy entropy) {
        this.config = config;
        this.counters = counters;
        this.frames = frames;
        this.output = output;
        this.limit = new TokenBucket(entropy);
    }

    /** Nobody listens on the port that the datagram is for. */
    public void portUnreachable(Frame offending, IpHeader header, long nowNs) {
        unreachable(offending, header, Icmpv4.PORT_UNREACHABLE, Icmpv6.PORT_UNREACHABLE, nowNs);
    }

    /** The packet cannot be delivered to the captured destination: the host behind it does not answer. */
    public void hostUnreachable(Frame offending, IpHeader header, long nowNs) {
        unreachable(offending, header, Icmpv4.HOST_UNREACHABLE, Icmpv6.ADDRESS_UNREACHABLE, nowNs);
    }

    /** Nobody here speaks the packet's protocol. IPv6 calls that a parameter problem (RFC 8200 section 4). */
    public void protocolUnreachable(Frame offending, IpHeader header, long nowNs) {
        if (header.version() == 4) {
            unreachable(offending, header, Icmpv4.PROTOCOL_UNREACHABLE, 0, nowNs);
        } else {
            parameterProblem(offending, header, Icmpv6.UNRECOGNIZED_NEXT_HEADER, header.protocolPointer(), nowNs);
        }
    }

    /** The byte at {@code pointer} from the IP header is wrong; {@code code} matters to IPv6 only. */
    public void parameterProblem(Frame offending, IpHeader header, int code, int pointer, long nowNs) {
        Frame frame = begin(offending, header, nowNs);
        if (frame == null) {
            return;
        }
        if (header.version() == 4) {
            Icmpv4.writeParameterProblem(frame.data(), pointer);
        } else {
            Icmpv6.writeParameterProblem(frame.data(), code, pointer);
        }
        send(frame, header, counters.icmp(header.version()).outParmProbs);
    }

    /** The datagram of this first fragment stayed incomplete. */
    public void reassemblyTimeExceeded(Frame firstFragment, IpHeader header, long nowNs) {
        Frame frame = begin(firstFragment, header, nowNs);
        if (frame == null) {
            return;
        }
        if (header.version() == 4) {
            Icmpv4.writeTimeExceeded(frame.data(), Icmpv4.REASSEMBLY_TIME_EXCEEDED);
        } else {
            Icmpv6.writeTimeExceeded(frame.data(), Icmpv6.REASSEMBLY_TIME_EXCEEDED);
        }
        send(frame, header, counters.icmp(header.version()).outTimeExcds);
    }

    private void unreachable(Frame offending, IpHeader header, int code4, int code6, long nowNs) {
        Frame frame = begin(offending, header, nowNs);
        if (frame == null) {
            return;
        }
        if (header.version() == 4) {
            Icmpv4.writeUnreachable(frame.data(), code4, 0);
        } else {
            Icmpv6.writeUnreachable(frame.data(), code6);
        }
        send(frame, header, counters.icmp(header.version()).outDestUnreachs);
    }

    /** A frame with the quotation behind room for the ICMP header, or {@code null} when no error may or can be sent. */
    private @Nullable Frame begin(Frame offending, IpHeader header, long nowNs) {
        if (isAboutError(offending, header)) {
            return null;
        }
        IcmpCounters icmp = counters.icmp(header.version());
        if (!limit.tryTake(config.icmpMsgsPerSec, config.icmpMsgsBurst, nowNs)) {
            icmp.outRateLimitGlobal.increment();
            return null;
        }
        Frame frame = frames.takeMtu();
        if (frame == null) {
            icmp.outErrors.increment();
            return null;
        }
        int quote = Math.min(offending.linearLength(), header.version() == 4 ? MAX_QUOTE4 : MAX_QUOTE6);
        frame.resize(Icmpv4.HEADER + quote);
        Memory.copy(offending.data(), frame.data() + Icmpv4.HEADER, quote);
        return frame;
    }

    /** RFC 1122 section 3.2.2 and RFC 4443 section 2.4 (e): an error must not be sent about an error, nor a redirect. */
    private static boolean isAboutError(Frame offending, IpHeader header) {
        if (header.version() == 6) {
            return isAboutError6(offending);
        }
        if (header.protocol() != Protocol.ICMP) {
            return false;
        }
        int at = header.headerLength();
        return !offending.has(at, 1) || Icmpv4.isError(Icmpv4.type(offending.data() + at));
    }

    /** IP may have stopped at a bad extension header in front of the ICMP message: looks for it by the lengths alone. */
    private static boolean isAboutError6(Frame offending) {
        long a = offending.data();
        int next = Ipv6.nextHeader(a);
        int at = Ipv6.HEADER;
        for (int i = 0; i <= Ipv6Extensions.MAX_HEADERS && next != Protocol.ICMPV6; i++) {
            boolean extension = switch (next) {
                case Protocol.HOP_BY_HOP, Protocol.ROUTING, Protocol.DESTINATION_OPTIONS, Protocol.FRAGMENT -> true;
                default -> false;
            };
            // A later fragment shows nothing of what it is a fragment of.
            if (!extension || !offending.has(at, 8)
                    || (next == Protocol.FRAGMENT && Memory.u16(a + at + 2) >>> 3 != 0)) {
                return false;
            }
            int size = next == Protocol.FRAGMENT ? 8 : (Memory.u8(a + at + 1) + 1) << 3;
            next = Memory.u8(a + at);
            at += size;
        }
        if (next != Protocol.ICMPV6) {
            return false;
        }
        int type = offending.has(at, 1) ? Icmpv6.type(a + at) : 0;
        return Icmpv6.isError(type) || type == Icmpv6.REDIRECT;
    }

    private void send(Frame frame, IpHeader header, Counter kind) {
        IcmpCounters icmp = counters.icmp(header.version());
        IpPath back = path = output.replyPath(header, path);
        if (back == null) {
            frame.drop(icmp.outErrors);
            return;
        }
        icmp.outMsgs.increment();
        kind.increment();
        int protocol = header.version() == 4 ? Protocol.ICMP : Protocol.ICMPV6;
        output.send(back, frame, protocol, config.ipDefaultTtl, 0);
    }
}
