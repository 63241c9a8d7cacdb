package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import org.jspecify.annotations.Nullable;

/**
 * How queues of received frames keep little payload from pinning much memory: ten thousand one-byte segments must not hold
 * 640 MB. The payload of a frame is {@code [payloadOffset(), linearLength())}.
 */
final class Packing {
    /** A frame that uses less than this part of its slot wastes it. */
    private static final int WASTE = 4;
    /** The most small frames that one frame's payload takes. */
    static final int MOST_PIECES = 65_536 / FramePool.MTU_ROOM + 1;

    private Packing() {}

    /** Bytes of payload. */
    static int payload(Frame frame) {
        return frame.linearLength() - frame.payloadOffset();
    }

    /**
     * Copies the frame's payload behind that of the frame before it where that one {@linkplain #absorbs absorbs} it.
     *
     * @return whether it did; then the frame was released
     */
    static boolean absorb(Frame into, Frame frame) {
        if (!absorbs(into, frame)) {
            return false;
        }
        int length = payload(frame);
        int end = into.linearLength();
        into.resize(end + length);
        Memory.copy(frame.data() + frame.payloadOffset(), into.data() + end, length);
        frame.release();
        return true;
    }

    /** Whether the frame before has room for the payload, and it is small: a packet's worth, or a waste of its slot. */
    static boolean absorbs(Frame into, Frame frame) {
        int length = payload(frame);
        return (length <= FramePool.MTU_ROOM || wastes(frame, length))
                && !into.isShared()
                && length <= into.room() - into.linearLength()
                && !into.hasExtensions()
                && !frame.hasExtensions();
    }

    /**
     * The frame itself, or a small frame with its payload if that saves memory and one is to be had; the frame given was
     * released then.
     */
    static Frame repacked(FramePool pool, Frame frame) {
        int length = payload(frame);
        if (!wastes(frame, length)
                || length > FramePool.MTU_ROOM
                || frame.trueSize() <= FramePool.MTU_SLOT_BYTES) {
            return frame;
        }
        @Nullable Frame small = pool.takeMtu();
        if (small == null) {
            return frame;
        }
        small.extensions().adopt(frame.extensions());
        if (small.hasExtensions() != frame.hasExtensions()) {
            small.release(); // what they say of the payload must not be lost
            return frame;
        }
        small.resize(length);
        small.payloadOffset(0).device(frame.device()).arrivalNs(frame.arrivalNs()).flowHash(frame.flowHash());
        Memory.copy(frame.data() + frame.payloadOffset(), small.data(), length);
        frame.release();
        return small;
    }

    /** Whether small slots would hold the payload in three quarters of the memory or less. */
    static boolean isWorthSplitting(Frame frame) {
        return splitSize(frame) <= frame.trueSize() / 4 * 3 && !frame.hasExtensions();
    }

    /** Memory that the payload takes in small slots. */
    static int splitSize(Frame frame) {
        return pieces(frame) * FramePool.MTU_SLOT_BYTES;
    }

    /** Takes as much of the front of the payload off as a small frame holds, in one; {@code null} when none is to be had. */
    static @Nullable Frame takePiece(FramePool pool, Frame frame) {
        @Nullable Frame piece = pool.takeMtu();
        if (piece != null) {
            int from = frame.payloadOffset();
            int length = Math.min(FramePool.MTU_ROOM, payload(frame));
            piece.resize(length);
            piece.payloadOffset(0).device(frame.device()).arrivalNs(frame.arrivalNs()).flowHash(frame.flowHash());
            Memory.copy(frame.data() + from, piece.data(), length);
            frame.payloadOffset(from + length);
        }
        return piece;
    }

    /**
     * Takes all of the payload off in small frames, in order, or nothing.
     *
     * @param into has room for {@link #MOST_PIECES}
     * @return how many; 0 when there are not enough of them
     */
    static int split(FramePool pool, Frame frame, Frame[] into) {
        int from = frame.payloadOffset();
        int count = 0;
        while (payload(frame) > 0) {
            @Nullable Frame piece = takePiece(pool, frame);
            if (piece == null) {
                frame.payloadOffset(from);
                while (count > 0) {
                    into[--count].release();
                }
                return 0;
            }
            into[count++] = piece;
        }
        return count;
    }

    private static int pieces(Frame frame) {
        return (payload(frame) + FramePool.MTU_ROOM - 1) / FramePool.MTU_ROOM;
    }

    private static boolean wastes(Frame frame, int length) {
        return length < frame.trueSize() / WASTE;
    }
}
