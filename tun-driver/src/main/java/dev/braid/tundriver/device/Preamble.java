package dev.braid.tundriver.device;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.VirtioHeader;

/**
 * What stands in front of the IP packet in each read and write of a queue.
 *
 * @param virtio bytes of the virtio header
 * @param link bytes of the link layer's header behind it, 0 for none
 */
record Preamble(int virtio, int link) {
    /** A TUN: the virtio header with a count of buffers, and the packet. */
    static final Preamble TUN = new Preamble(VirtioHeader.LENGTH, 0);
    /** A packet socket on an Ethernet device: the virtio header without that count, and the whole Ethernet frame. */
    static final Preamble ETHERNET = new Preamble(10, 14);

    private static final int NEEDS_CHECKSUM = 1;
    private static final int GSO_TYPE = 1;
    private static final int HEADER_LENGTH = 2;
    private static final int CHECKSUM_START = 6;

    /** Bytes of both. */
    int length() {
        return virtio + link;
    }

    /** The kernel counts from the frame's start, our metadata from the packet's: changes a header that was read. */
    void fromLinkToPacket(long header) {
        if (link != 0 && (Memory.u8(header) & NEEDS_CHECKSUM) != 0) {
            Memory.putNative16(header + CHECKSUM_START, Memory.nativeU16(header + CHECKSUM_START) - link);
        }
    }

    /** The other way: changes a header that is about to be written. */
    void fromPacketToLink(long header) {
        if (link != 0 && (Memory.u8(header) & NEEDS_CHECKSUM) != 0) {
            Memory.putNative16(header + CHECKSUM_START, Memory.nativeU16(header + CHECKSUM_START) + link);
        }
        if (link != 0 && Memory.u8(header + GSO_TYPE) != 0) {
            Memory.putNative16(header + HEADER_LENGTH, Memory.nativeU16(header + HEADER_LENGTH) + link);
        }
    }
}
