package dev.braid.fastpath.sim.middlebox;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.TransportLocator;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;

/** A view of the TCP segment in a frame, for a box to read and change; valid until the next {@link #read}. One thread. */
public final class TcpPacket {
    private final TransportLocator transport = new TransportLocator();
    private long packet;
    private long tcp;
    private int headerLength;
    private int segmentLength;

    /** A view of nothing yet. */
    public TcpPacket() {}

    /** Looks at a frame; false when it holds no whole TCP segment, or one whose checksum is wrong. */
    public boolean read(Frame frame) {
        packet = frame.data();
        int length = frame.linearLength();
        if (!transport.locate(packet, length, length) || transport.protocol() != Protocol.TCP) {
            return false;
        }
        headerLength = transport.headerLength(packet, length);
        if (headerLength == 0) {
            return false;
        }
        tcp = packet + transport.offset();
        segmentLength = transport.end() - transport.offset();
        return HeaderChecksum.verifyTcp(tcp, segmentLength, pseudoHeader());
    }

    /** Fills in the TCP checksum after a change. */
    public void finish() {
        HeaderChecksum.fillTcp(tcp, segmentLength, pseudoHeader());
    }

    private long pseudoHeader() {
        return HeaderChecksum.pseudoHeader(packet, Protocol.TCP, segmentLength);
    }

    /** Whether the packet is IPv4; else it is IPv6. */
    public boolean isIpv4() {
        return transport.version() == 4;
    }

    /** The address of the IP header. */
    public long ip() {
        return packet;
    }

    /** The address of the TCP header. */
    public long tcp() {
        return tcp;
    }

    /** Where the payload starts, from the start of the packet. */
    public int payloadOffset() {
        return transport.offset() + headerLength;
    }

    /** Bytes of payload. */
    public int payloadLength() {
        return segmentLength - headerLength;
    }

    /** Where the packet ends by its own account, from its start; padding may follow. */
    public int end() {
        return transport.end();
    }

    /** Whether SYN is set. */
    public boolean isSyn() {
        return (Tcp.flags(tcp) & Tcp.SYN) != 0;
    }

    /** The address of the first option. */
    public long options() {
        return tcp + Tcp.MIN_HEADER;
    }

    /** The address right behind the options. */
    public long optionsEnd() {
        return tcp + headerLength;
    }

    /**
     * The address of the first option at or behind {@code from} that is no NOP and whose length is sound, or 0. Its length is
     * the byte behind its kind; the next search starts behind it.
     */
    public long nextOption(long from) {
        long end = optionsEnd();
        for (long at = from; at < end; at++) {
            int kind = Memory.u8(at);
            if (kind == TcpOptions.KIND_END) {
                return 0;
            }
            if (kind != TcpOptions.KIND_NOP) {
                int length = at + 1 < end ? Memory.u8(at + 1) : 0;
                return length >= 2 && at + length <= end ? at : 0;
            }
        }
        return 0;
    }

    /** The high half of the source address, see {@link dev.braid.fastpath.wire.IpAddress}. */
    public long srcHi() {
        return isIpv4() ? Ipv4.MAPPED_HI : Ipv6.srcHi(packet);
    }

    /** The low half of the source address. */
    public long srcLo() {
        return isIpv4() ? Ipv4.srcLo(packet) : Ipv6.srcLo(packet);
    }

    /** The high half of the destination address. */
    public long dstHi() {
        return isIpv4() ? Ipv4.MAPPED_HI : Ipv6.dstHi(packet);
    }

    /** The low half of the destination address. */
    public long dstLo() {
        return isIpv4() ? Ipv4.dstLo(packet) : Ipv6.dstLo(packet);
    }
}
