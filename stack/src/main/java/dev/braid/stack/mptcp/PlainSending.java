package dev.braid.stack.mptcp;

/**
 * How a connection sends after a fallback (RFC 8684 section 3.7): all over one subflow, whose acknowledgements count for the stream, and
 * at first, where the peer has to hear of it, with an infinite mapping. Positions and offsets as in {@link DataSender}. Core thread
 * only.
 */
final class PlainSending {
    private static final long WITH_NOTHING = -1;

    private final DataSender sender;
    private final Subflow subflow;
    /** What to add to the subflow's offsets for positions. */
    private final long base;
    /** An infinite mapping goes with what is sent until this offset is acknowledged. */
    private long infiniteUntil;

    /**
     * Over this subflow, on which all that is in flight is in one piece.
     *
     * @param infiniteMapping whether the peer is to be told with the next data
     */
    PlainSending(DataSender sender, Subflow subflow, boolean infiniteMapping) {
        this.sender = sender;
        this.subflow = subflow;
        base = sender.dataNxt() - subflow.mappings.end();
        infiniteUntil = infiniteMapping ? subflow.mappings.end() : WITH_NOTHING;
    }

    /** The subflow that is left. */
    Subflow subflow() {
        return subflow;
    }

    /** Whether data segments carry an infinite mapping now. */
    boolean sendsInfiniteMapping() {
        return infiniteUntil != WITH_NOTHING;
    }

    /**
     * Whether the peer may still take this connection for one of Multipath TCP, since this end alone has found that it is none any more:
     * until data with an infinite mapping, or the FIN with MP_FAIL, is acknowledged.
     */
    boolean mayBeAlone() {
        return sendsInfiniteMapping() && sender.connection.fallbackReason != FallbackReason.MP_FAIL;
    }

    /**
     * The peer's TCP acknowledged what lies before {@code streamOffset}.
     *
     * @return the position before which all is acknowledged
     */
    long onAcked(long streamOffset) {
        if (sendsInfiniteMapping() && streamOffset > infiniteUntil) {
            onHeard();
        }
        return Math.min(streamOffset + base, sender.stream.end());
    }

    /** The peer knows that the connection fell back. */
    void onHeard() {
        infiniteUntil = WITH_NOTHING;
        subflow.mpFailDue = false;
    }

    /** The position that an infinite mapping begins at: all before it was acknowledged. */
    long infinitePosition() {
        return Math.min(sender.dataUna(), sender.dataNxt());
    }

    /** The subflow's offset that belongs to it. */
    long infiniteOffset() {
        return infinitePosition() - base;
    }
}
