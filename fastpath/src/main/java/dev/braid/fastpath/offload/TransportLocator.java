package dev.braid.fastpath.offload;

import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Ipv6Extensions;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;

/**
 * Finds the transport header of a whole, unfragmented packet and holds where it is until the next search. One thread.
 */
public final class TransportLocator {
    private final Ipv6Extensions extensions = new Ipv6Extensions();
    private int version;
    private int protocol;
    private int offset;
    private int end;

    /** A locator that has found nothing yet. */
    public TransportLocator() {}

    /**
     * Looks for the transport header.
     *
     * @param packet address of the IP header
     * @param linear bytes there, all of them readable
     * @param length bytes of the whole packet; what is beyond {@code linear} is payload
     * @return false for a fragment and for anything that is not sound IP up to the transport header
     */
    public boolean locate(long packet, int linear, int length) {
        version = linear >= Ipv4.MIN_HEADER ? Ipv4.version(packet) : 0;
        if (version == 4) {
            offset = Ipv4.headerLength(packet);
            protocol = Ipv4.protocol(packet);
            end = Math.min(Ipv4.totalLength(packet), length);
            return offset >= Ipv4.MIN_HEADER && offset <= Math.min(linear, end) && !Ipv4.isFragment(packet);
        }
        if (version != 6 || linear < Ipv6.HEADER) {
            return false;
        }
        end = Math.min(Ipv6.HEADER + Ipv6.payloadLength(packet), length);
        if (extensions.walk(packet, Math.min(linear, end)) != Ipv6Extensions.Outcome.UPPER_LAYER) {
            return false;
        }
        protocol = extensions.protocol();
        offset = extensions.offset();
        return true;
    }

    /** 4 or 6. */
    public int version() {
        return version;
    }

    /** What the transport header is. */
    public int protocol() {
        return protocol;
    }

    /** Where it starts, from the start of the packet. */
    public int offset() {
        return offset;
    }

    /** Where the packet ends by its own account, never beyond its bytes. */
    public int end() {
        return end;
    }

    /** Length of the TCP or UDP header in bytes; 0 when it is neither, malformed, or not wholly in the linear part. */
    public int headerLength(long packet, int linear) {
        int room = Math.min(linear, end) - offset;
        if (protocol == Protocol.UDP) {
            return room >= Udp.HEADER ? Udp.HEADER : 0;
        }
        if (protocol != Protocol.TCP || room < Tcp.MIN_HEADER) {
            return 0;
        }
        int header = Tcp.dataOffset(packet + offset);
        return header >= Tcp.MIN_HEADER && header <= room ? header : 0;
    }
}
