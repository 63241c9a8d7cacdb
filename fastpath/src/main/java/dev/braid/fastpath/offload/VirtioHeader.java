package dev.braid.fastpath.offload;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;

/**
 * The 12-byte virtio header (virtio 1.2 section 5.1.6, Linux {@code struct virtio_net_hdr_v1}) that precedes each
 * packet of a TUN opened with {@code IFF_VNET_HDR}, to and from a frame's metadata.
 *
 * <p>Numbers are in the machine's order, the TUN's default. On receipt nothing in the header is believed that the
 * packet does not bear out: a wrong checksum place would let unverified bytes pass, a wrong type or size would break
 * whoever cuts the packet. {@code hdr_len} is never read. One owner thread; allocation-free.
 */
public final class VirtioHeader {
    /** Length of the header, in bytes: what {@code TUNSETVNETHDRSZ} has to be told. */
    public static final int LENGTH = 12;

    private static final int FLAG_NEEDS_CSUM = 1;
    private static final int FLAG_DATA_VALID = 2;

    private static final int TYPE_NONE = 0;
    private static final int TYPE_TCP4 = 1;
    private static final int TYPE_TCP6 = 4;
    private static final int TYPE_UDP = 5;
    private static final int TYPE_ECN = 0x80;

    private static final int GSO_TYPE = 1;
    private static final int HEADER_LENGTH = 2;
    private static final int GSO_SIZE = 4;
    private static final int CHECKSUM_START = 6;
    private static final int CHECKSUM_OFFSET = 8;

    private final TransportLocator transport = new TransportLocator();

    /**
     * Validates the header against the received packet and puts what it says into the frame's metadata: checksum
     * state and place, type, size and ECN of a super-packet. The frame stays the caller's, who drops it unless the
     * verdict is {@link VirtioVerdict#ACCEPTED}; whether the packet is sound IP is for the stack to find out.
     *
     * @param header address of the 12 bytes
     * @param frame the packet, contiguous
     */
    public VirtioVerdict read(long header, Frame frame) {
        int flags = Memory.u8(header);
        int type = Memory.u8(header + GSO_TYPE);
        int length = frame.linearLength();
        frame.checksumState((flags & FLAG_DATA_VALID) != 0 ? Frame.CHECKSUM_VALID : Frame.CHECKSUM_UNVERIFIED);
        frame.gso(Frame.GSO_NONE, 0).gsoEcn(false);
        if (length > Ipv4.MAX_PACKET) {
            return VirtioVerdict.TOO_LONG;
        }
        boolean partial = (flags & FLAG_NEEDS_CSUM) != 0;
        if (!partial && type == TYPE_NONE) {
            return VirtioVerdict.ACCEPTED;
        }
        boolean located = transport.locate(frame.data(), length, length);
        if (partial) {
            int start = Memory.nativeU16(header + CHECKSUM_START);
            int offset = Memory.nativeU16(header + CHECKSUM_OFFSET);
            if (!located || !isChecksumPlace(start, offset)) {
                return VirtioVerdict.CHECKSUM_PLACE;
            }
            frame.partialChecksum(start, offset);
        }
        return type == TYPE_NONE ? VirtioVerdict.ACCEPTED : readGso(header, frame, type, located);
    }

    /**
     * Writes the header that tells a TUN what the frame is.
     *
     * <p>A super-packet must have a partial checksum, since each of the packets cut from it gets one of its own, and
     * its transport header must be whole in the linear part.
     *
     * @param frame the packet to be sent, which is not changed
     * @param header address of the 12 bytes
     */
    public static void write(Frame frame, long header) {
        Memory.putNative64(header, 0);
        Memory.putNative32(header + CHECKSUM_OFFSET, 0);
        int state = frame.checksumState();
        if (state == Frame.CHECKSUM_VALID) {
            Memory.put8(header, FLAG_DATA_VALID);
        } else if (state == Frame.CHECKSUM_PARTIAL) {
            Memory.put8(header, FLAG_NEEDS_CSUM);
            Memory.putNative16(header + CHECKSUM_START, frame.checksumStart());
            Memory.putNative16(header + CHECKSUM_OFFSET, frame.checksumOffset());
        }
        int gso = frame.gsoType();
        if (gso != Frame.GSO_NONE) {
            int start = frame.checksumStart();
            int transportHeader = gso == Frame.GSO_UDP ? Udp.HEADER : Tcp.dataOffset(frame.data() + start);
            Memory.put8(header + GSO_TYPE, virtioType(gso) | (frame.gsoEcn() ? TYPE_ECN : 0));
            Memory.putNative16(header + HEADER_LENGTH, start + transportHeader);
            Memory.putNative16(header + GSO_SIZE, frame.gsoSize());
        }
    }

    private VirtioVerdict readGso(long header, Frame frame, int type, boolean located) {
        int gso = frameType(type & ~TYPE_ECN);
        boolean ecn = (type & TYPE_ECN) != 0;
        if (gso == Frame.GSO_NONE || (ecn && gso == Frame.GSO_UDP)) {
            return VirtioVerdict.GSO_TYPE;
        }
        if (!located) {
            return VirtioVerdict.GSO_HEADERS;
        }
        boolean sameVersion = gso == Frame.GSO_UDP || transport.version() == (gso == Frame.GSO_TCP4 ? 4 : 6);
        if (!sameVersion || transport.protocol() != (gso == Frame.GSO_UDP ? Protocol.UDP : Protocol.TCP)) {
            return VirtioVerdict.GSO_TYPE;
        }
        int size = Memory.nativeU16(header + GSO_SIZE);
        if (size == 0) {
            return VirtioVerdict.GSO_SIZE;
        }
        int transportHeader = transport.headerLength(frame.data(), frame.linearLength());
        if (transportHeader == 0) {
            return VirtioVerdict.GSO_HEADERS;
        }
        // A piece as large as the payload or larger: one ordinary packet. Linux accepts these too, because harmless
        // senders make them (its change "net: be more gentle about silly gso requests coming from user").
        if (transport.end() - transport.offset() - transportHeader > size) {
            frame.gso(gso, size).gsoEcn(ecn);
        }
        return VirtioVerdict.ACCEPTED;
    }

    /** The only places where a kernel leaves a checksum: TCP's, UDP's, or whole within another transport's packet. */
    private boolean isChecksumPlace(int start, int offset) {
        if (start != transport.offset() || start + offset + 2 > transport.end()) {
            return false;
        }
        return switch (transport.protocol()) {
            case Protocol.TCP -> offset == Tcp.CHECKSUM_OFFSET;
            case Protocol.UDP -> offset == Udp.CHECKSUM_OFFSET;
            default -> true;
        };
    }

    private static int frameType(int virtioType) {
        return switch (virtioType) {
            case TYPE_TCP4 -> Frame.GSO_TCP4;
            case TYPE_TCP6 -> Frame.GSO_TCP6;
            case TYPE_UDP -> Frame.GSO_UDP;
            default -> Frame.GSO_NONE;
        };
    }

    private static int virtioType(int frameType) {
        return switch (frameType) {
            case Frame.GSO_TCP4 -> TYPE_TCP4;
            case Frame.GSO_TCP6 -> TYPE_TCP6;
            case Frame.GSO_UDP -> TYPE_UDP;
            default -> TYPE_NONE;
        };
    }
}
