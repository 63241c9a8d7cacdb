package dev.braid.tools.drill;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.Segmenter;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A session's network: packets that leave the stack are cut and summed as a device without offloads has them, stamped, numbered
 * and sent; those that leave before the client has connected its wire socket wait for it.
 */
final class WireSide implements FrameOutput {
    private static final int MAX_PACKET = 65_536;

    private final FramePool frames;
    private final DrillClock clock;
    private final Segmenter segmenter;
    private final long scratch;
    private final ArrayDeque<WireRecord> early = new ArrayDeque<>();
    private @Nullable RecordChannel channel;
    private int emitted;
    private boolean muted;

    WireSide(Arena arena, FramePool frames, Counters counters, DrillClock clock) {
        this.frames = frames;
        this.clock = clock;
        this.segmenter = new Segmenter(
                frames, counters.counter("DrillDropNoFrame"), counters.counter("DrillDropMalformed"));
        this.scratch = Memory.allocate(arena, MAX_PACKET, Long.BYTES);
    }

    /** The client has connected: what left before it did goes first. */
    void connect(RecordChannel to) {
        channel = to;
        while (!early.isEmpty()) {
            to.send(early.remove().encode());
        }
    }

    @Nullable
    RecordChannel channel() {
        return channel;
    }

    /** Frames that have left so far. */
    int emitted() {
        return emitted;
    }

    /** From now on nothing is sent any more. */
    void mute() {
        muted = true;
    }

    /** A frame with the packet's bytes; {@code null} when the session's frames are used up. */
    @Nullable
    Frame frame(ByteBuffer packet) {
        int length = packet.remaining();
        Frame frame = length > MAX_PACKET ? null : frames.take(length);
        if (frame != null) {
            frame.resize(length);
            Memory.copyIn(packet, frame.data(), length);
            frame.device(0);
        }
        return frame;
    }

    @Override
    public void transmit(Frame frame) {
        segmenter.process(frame, this::emit);
    }

    private void emit(Frame packet) {
        int length = packet.length();
        byte[] bytes = new byte[length];
        packet.copyTo(scratch);
        packet.release();
        Memory.copyOut(scratch, bytes, 0, length);
        if (muted) {
            return;
        }
        var record = new WireRecord(WireRecord.EMIT, ++emitted, clock.nowUsecs(), 0, ByteBuffer.wrap(bytes));
        RecordChannel to = channel;
        if (to == null) {
            early.add(record);
        } else {
            to.send(record.encode());
        }
    }
}
