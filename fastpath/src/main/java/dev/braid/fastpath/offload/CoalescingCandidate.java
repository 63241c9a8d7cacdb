package dev.braid.fastpath.offload;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;

/**
 * The headers of one received frame as far as coalescing asks about them, until the next one is examined. One thread.
 */
final class CoalescingCandidate {
    private long packet;
    private int version;
    private int transportOffset;
    private int headerLength;
    private int payloadLength;

    /**
     * Looks at a frame.
     *
     * @return whether it is unfragmented TCP whose headers are whole, without IPv4 options or IPv6 extension
     *     headers; only then do the other methods mean anything
     */
    boolean examine(Frame frame) {
        int length = frame.linearLength();
        packet = frame.data();
        version = length >= Ipv4.MIN_HEADER ? Ipv4.version(packet) : 0;
        int end;
        if (version == 4) {
            transportOffset = Ipv4.MIN_HEADER;
            end = Ipv4.totalLength(packet);
            if (Ipv4.headerLength(packet) != Ipv4.MIN_HEADER
                    || Ipv4.protocol(packet) != Protocol.TCP
                    || Ipv4.isFragment(packet)) {
                return false;
            }
        } else if (version == 6 && length >= Ipv6.HEADER) {
            transportOffset = Ipv6.HEADER;
            end = Ipv6.HEADER + Ipv6.payloadLength(packet);
            if (Ipv6.nextHeader(packet) != Protocol.TCP) {
                return false;
            }
        } else {
            return false;
        }
        if (end != length || length < transportOffset + Tcp.MIN_HEADER) {
            return false;
        }
        int dataOffset = Tcp.dataOffset(packet + transportOffset);
        headerLength = transportOffset + dataOffset;
        payloadLength = length - headerLength;
        return dataOffset >= Tcp.MIN_HEADER && payloadLength >= 0;
    }

    /** Whether the frame may be part of a super-packet: one plain data packet, not shared with anybody. */
    boolean isPlainData(Frame frame) {
        int flags = Memory.u16(tcp() + 12) & 0xfff;
        return payloadLength > 0
                && (flags & ~(Tcp.PSH | Tcp.ECE | Tcp.CWR)) == Tcp.ACK
                && frame.gsoType() == Frame.GSO_NONE
                && frame.fragmentCount() == 0
                && !frame.isShared();
    }

    /** Whether IP header and TCP checksum are right, or a device has found so; remembered in the frame. */
    boolean verify(Frame frame) {
        if (frame.checksumState() != Frame.CHECKSUM_UNVERIFIED) {
            return true;
        }
        int length = headerLength + payloadLength - transportOffset;
        boolean valid = (version == 6 || HeaderChecksum.verifyIpv4(packet))
                && HeaderChecksum.verifyTcp(
                        tcp(), length, HeaderChecksum.pseudoHeader(packet, Protocol.TCP, length));
        if (valid) {
            frame.checksumState(Frame.CHECKSUM_VALID);
        }
        return valid;
    }

    /** Address of the IP header. */
    long packet() {
        return packet;
    }

    /** Address of the TCP header. */
    long tcp() {
        return packet + transportOffset;
    }

    /** 4 or 6. */
    int version() {
        return version;
    }

    /** Bytes in front of the TCP header. */
    int transportOffset() {
        return transportOffset;
    }

    /** Bytes of IP and TCP header together. */
    int headerLength() {
        return headerLength;
    }

    /** Bytes of TCP payload. */
    int payloadLength() {
        return payloadLength;
    }
}
