package dev.braid.fastpath.sim.middlebox;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.sim.Middlebox;

/** A box that edits segments in place and mends their checksum. */
public final class SegmentEditor implements Middlebox {
    private final SegmentEdit edit;
    private final Counter edited;
    private final TcpPacket segment = new TcpPacket();

    /**
     * A box for one edit.
     *
     * @param edited counts the segments it changed
     */
    public SegmentEditor(SegmentEdit edit, Counter edited) {
        this.edit = edit;
        this.edited = edited;
    }

    @Override
    public void onFrame(Frame frame, long nowNs, FrameOutput forward) {
        if (segment.read(frame) && edit.edit(segment)) {
            segment.finish();
            edited.increment();
        }
        forward.transmit(frame);
    }
}
