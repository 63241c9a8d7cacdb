package dev.braid.fastpath.sim;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;

/** Something on a link that meddles: a NAT, a firewall, a box that strips options, splits or joins segments. */
@FunctionalInterface
public interface Middlebox {
    /**
     * Takes a packet that is about to enter the link, and forwards it, changed or not, or others, or none.
     *
     * @param frame one contiguous packet as on the wire, checksums complete; the box passes it on or releases it
     * @param forward takes what is to travel on
     */
    void onFrame(Frame frame, long nowNs, FrameOutput forward);

    /** The next moment at which {@link #onDeadline} has something to do: for boxes that hold packets back. */
    default long nextDeadlineNs() {
        return Deadlines.NONE;
    }

    /** Forwards what was held back long enough. */
    default void onDeadline(long nowNs, FrameOutput forward) {
        // Most boxes hold nothing back.
    }

    /** Releases what is held back. */
    default void close() {
        // Most boxes hold nothing back.
    }
}
