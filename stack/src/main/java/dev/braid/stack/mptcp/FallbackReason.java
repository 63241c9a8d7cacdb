package dev.braid.stack.mptcp;

/** Why a connection is no Multipath TCP connection any more, or never was one (RFC 8684 section 3.7). */
public enum FallbackReason {
    /** The peer's SYN/ACK had no MP_CAPABLE that could be used. */
    NOT_CAPABLE,
    /** The third ACK had no MP_CAPABLE, or not our key. */
    NO_CAPABLE_ACK,
    /** The first data had neither MP_CAPABLE nor a mapping. */
    NO_CAPABLE_DATA,
    /** SYNs with MP_CAPABLE stayed unanswered, one without did not. */
    SYN_UNANSWERED,
    /** SYNs with MP_CAPABLE are known to stay unanswered on the way to this destination, and were not tried. */
    BLACK_HOLE,
    /** No token could be drawn for it. */
    NO_TOKEN,
    /** Both ends opened it at once. */
    SIMULTANEOUS_OPEN,
    /** Data came without mapping, or acknowledgements without DATA_ACK. */
    NO_DSS,
    /** Mappings contradicted the subflow's sequence numbers. */
    DSS_CORRUPTION,
    /** A checksum failed. */
    CHECKSUM,
    /** The peer said MP_FAIL. */
    MP_FAIL,
    /** The peer sent an infinite mapping. */
    INFINITE_MAPPING;

    /** Whether the peer is to be told by an infinite mapping: found out in mid-connection, and not by the peer's own. */
    boolean isTold() {
        return this == NO_DSS || this == NO_CAPABLE_DATA || this == DSS_CORRUPTION || this == CHECKSUM
                || this == MP_FAIL;
    }
}
