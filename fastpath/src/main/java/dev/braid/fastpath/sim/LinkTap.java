package dev.braid.fastpath.sim;

import dev.braid.fastpath.frame.Frame;

/** Sees what becomes of each packet on a link, for journals and captures. It must not keep or change the frame. */
@FunctionalInterface
public interface LinkTap {
    /** What became of a packet. */
    enum Fate {
        /** It entered the link and will arrive. */
        SENT,
        /** A second copy of it will arrive. */
        DUPLICATED,
        /** It entered the link with a bit flipped. */
        CORRUPTED,
        /** The queue was long, and its congestion mark was put on the packet; told besides what becomes of it. */
        MARKED,
        /** The queue was long, and the packet could not be marked. */
        UNMARKABLE,
        /** Random, chosen or burst loss. */
        LOST,
        /** The queue was full. */
        QUEUE_FULL,
        /** The link was down when it was offered or while it travelled. */
        LINK_DOWN,
        /** Larger than the MTU. */
        TOO_BIG,
        /** The pool had no memory for a copy. */
        NO_MEMORY,
        /** It has arrived. */
        ARRIVED
    }

    /** {@code frame} met this fate on {@code link} at {@code nowNs}. */
    void onFate(SimLink link, Frame frame, Fate fate, long nowNs);
}
