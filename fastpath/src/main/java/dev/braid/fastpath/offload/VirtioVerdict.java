package dev.braid.fastpath.offload;

/** What became of a virtio header that came with a received packet. */
public enum VirtioVerdict {
    /** It describes the packet; the frame's metadata says the same. */
    ACCEPTED,
    /** The checksum's place lies outside the packet, or is not where the transport protocol has it. */
    CHECKSUM_PLACE,
    /** The type of the super-packet is unknown, contradicts the packet, or is TCP's ECN bit alone. */
    GSO_TYPE,
    /** A super-packet of pieces of 0 bytes. */
    GSO_SIZE,
    /** A super-packet without sound headers: they are malformed, cut off, or say that it is a fragment. */
    GSO_HEADERS,
    /** More than 65,535 bytes. */
    TOO_LONG
}
