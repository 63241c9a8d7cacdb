package dev.braid.tools.capture;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.Segmenter;
import java.lang.foreign.Arena;

/**
 * Makes of a captured frame what a wire carries of it: the packets that a super-frame stands for, checksums complete. The
 * stack's own {@link Segmenter} does it, so that the file shows what a device without offloads would have sent. One thread.
 */
final class WireForm implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    /** One frame to cut and one that was cut off it, of either size. */
    private final FramePool frames = new FramePool(arena, 2, 2, false);
    private final Segmenter segmenter;
    private boolean passedOn;

    WireForm() {
        Counters counters = Counters.inMemory(arena, 2);
        segmenter = new Segmenter(frames, counters.counter("noFrame"), counters.counter("malformed"));
    }

    /**
     * Passes on the packets of this record, in order.
     *
     * @param output takes each packet over and has released it when it returns
     * @return false when nothing was passed on: not all bytes are there, or the headers are not what the metadata says
     */
    boolean process(CaptureRecord record, FrameOutput output) {
        Frame frame = record.kept == record.length ? frames.take(record.length) : null;
        if (frame == null) {
            return false;
        }
        frame.resize(record.length);
        Memory.copy(record.data, frame.data(), record.length);
        frame.checksumState(record.checksumState);
        if (record.checksumState == Frame.CHECKSUM_PARTIAL) {
            frame.partialChecksum(record.checksumStart, record.checksumOffset);
        }
        frame.gso(record.gsoType, record.gsoSize).gsoEcn(record.gsoEcn);
        passedOn = false;
        segmenter.process(frame, packet -> {
            passedOn = true;
            output.transmit(packet);
        });
        return passedOn;
    }

    @Override
    public void close() {
        arena.close();
    }
}
