package dev.braid.stack.fuzz;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;
import dev.braid.stack.core.CoreConfig;
import dev.braid.testing.fuzz.FuzzInput;

/**
 * Packets of any content arrive at a core where somebody listens: IPv4 and IPv6 headers, options and extension headers, and the
 * headers of TCP, UDP and ICMP behind them, with checksums that are right more often than chance would have it.
 */
public final class IpPacketFuzz {
    private static final int PORT = 80;
    private static final int MOST = 3_000;
    private static final int[] PROTOCOLS = {Protocol.TCP, Protocol.UDP, Protocol.ICMP, Protocol.ICMPV6};

    private IpPacketFuzz() {}

    /** The input is some packets: how to mend it, its length, its bytes. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new FuzzInput(bytes);
        var core = new FuzzedCore(CoreConfig.DEFAULT.plainTcp(), frame -> {});
        var listener = core.core.sockets().listener(ready -> {});
        listener.bind(0, 0, PORT);
        listener.listen(4);
        for (int packets = 0; packets < 16 && !input.isEmpty(); packets++) {
            Frame frame = packet(core, input);
            if (frame != null) {
                core.receive(frame);
                core.check();
            }
        }
        core.after(1_000_000_000L);
        listener.close(core.nowNs);
        core.runDry();
    }

    private static Frame packet(FuzzedCore core, FuzzInput input) {
        int how = input.u8();
        int length = input.u16() % MOST;
        byte[] bytes = input.bytes(length);
        Frame frame;
        if ((how & 1) != 0) {
            frame = wrapped(core, bytes, (how & 2) != 0, PROTOCOLS[how >>> 2 & 3]);
        } else {
            frame = core.frame(bytes);
            if (frame != null && (how & 2) != 0) {
                address(frame);
            }
        }
        if (frame == null) {
            return null;
        }
        if ((how & 16) != 0) {
            mend(frame);
        }
        if ((how & 32) != 0) {
            frame.checksumState(Frame.CHECKSUM_VALID);
        }
        if ((how & 64) != 0) {
            frame.gso(input.u8() & 3, input.u16());
        }
        if ((how & 128) != 0) {
            frame.partialChecksum(input.u8(), input.u8());
        }
        return frame.device((how & 12) == 12 ? 1 : 0);
    }

    /** The bytes as the transport part of a sound packet. */
    private static Frame wrapped(FuzzedCore core, byte[] bytes, boolean v4, int protocol) {
        int ip = v4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        byte[] all = new byte[ip + bytes.length];
        System.arraycopy(bytes, 0, all, ip, bytes.length);
        Frame frame = core.frame(all);
        if (frame != null && v4) {
            Ipv4.write(frame.data(), 0, all.length, 1, 0, 64, protocol, FuzzedCore.PEER4.ipv4(),
                    FuzzedCore.HOST4.ipv4());
        } else if (frame != null) {
            Ipv6.write(frame.data(), 0, 0, bytes.length, protocol, 64, FuzzedCore.PEER6.hi(), FuzzedCore.PEER6.lo(),
                    FuzzedCore.HOST6.hi(), FuzzedCore.HOST6.lo());
        }
        return frame;
    }

    /** Gives the packet the addresses without which it would not get far. */
    private static void address(Frame frame) {
        long a = frame.data();
        if (frame.has(0, Ipv4.MIN_HEADER) && Ipv4.version(a) == 4) {
            FuzzedCore.PEER4.write(a + 12);
            FuzzedCore.HOST4.write(a + 16);
        } else if (frame.has(0, Ipv6.HEADER)) {
            Memory.put8(a, 0x60 | (Memory.u8(a) & 15));
            FuzzedCore.PEER6.write(a + 8);
            FuzzedCore.HOST6.write(a + 24);
        }
    }

    /** Makes lengths and checksums fit the bytes that are there. */
    private static void mend(Frame frame) {
        long a = frame.data();
        int length = frame.linearLength();
        int ip;
        int protocol;
        if (frame.has(0, Ipv4.MIN_HEADER) && Ipv4.version(a) == 4) {
            Ipv4.putTotalLength(a, length);
            ip = Ipv4.headerLength(a);
            protocol = Ipv4.protocol(a);
            if (frame.has(0, ip)) {
                HeaderChecksum.fillIpv4(a);
            }
        } else if (frame.has(0, Ipv6.HEADER) && Ipv4.version(a) == 6) {
            Ipv6.putPayloadLength(a, length - Ipv6.HEADER);
            ip = Ipv6.HEADER;
            protocol = Ipv6.nextHeader(a);
        } else {
            return;
        }
        transport(frame, ip, protocol);
    }

    private static void transport(Frame frame, int ip, int protocol) {
        int length = frame.linearLength() - ip;
        int field = switch (protocol) {
            case Protocol.TCP -> Tcp.CHECKSUM_OFFSET;
            case Protocol.UDP -> Udp.CHECKSUM_OFFSET;
            case Protocol.ICMP -> Icmpv4.CHECKSUM_OFFSET;
            case Protocol.ICMPV6 -> Icmpv6.CHECKSUM_OFFSET;
            default -> Integer.MAX_VALUE - 2;
        };
        if (length < field + 2) {
            return;
        }
        long a = frame.data();
        long pseudo = protocol == Protocol.ICMP ? 0 : HeaderChecksum.pseudoHeader(a, protocol, length);
        Memory.put16(a + ip + field, 0);
        Memory.put16(a + ip + field, Checksum.finish(Checksum.sum(a + ip, length, pseudo)));
    }
}
