package dev.braid.fastpath.sim.middlebox;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.offload.Segmenter;
import dev.braid.fastpath.sim.Middlebox;

/** A box that cuts segments into smaller ones, each with all the options, as network cards do. */
public final class SegmentSplitter implements Middlebox {
    private final int payload;
    private final Counter split;
    private final Segmenter segmenter;
    private final TcpPacket segment = new TcpPacket();

    /**
     * A box.
     *
     * @param payload the most bytes of payload that pass uncut, at least 1
     * @param frames where the pieces' frames come from
     * @param split counts the segments it cut
     * @param failed counts the pieces lost because there was no frame
     */
    public SegmentSplitter(int payload, FramePool frames, Counter split, Counter failed) {
        this.payload = payload;
        this.split = split;
        this.segmenter = new Segmenter(frames, failed, failed);
    }

    @Override
    public void onFrame(Frame frame, long nowNs, FrameOutput forward) {
        if (segment.read(frame) && segment.payloadLength() > payload) {
            // What a link layer padded the packet with is no part of it.
            frame.resize(segment.end());
            frame.gso(segment.isIpv4() ? Frame.GSO_TCP4 : Frame.GSO_TCP6, payload);
            split.increment();
        }
        segmenter.process(frame, forward);
    }
}
