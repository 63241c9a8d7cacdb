package dev.braid.tools.pcapng;

/** Which way a packet went, as the flags option of an Enhanced Packet Block says it. */
public enum PacketDirection {
    /** Not known, or neither: a packet seen in the middle of a link. */
    UNKNOWN,
    /** It arrived. */
    INBOUND,
    /** It was sent. */
    OUTBOUND
}
