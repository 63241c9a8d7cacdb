package dev.braid.fastpath.frame;

import org.jspecify.annotations.Nullable;

/** A reused list of frames with a fixed capacity. Owns what is in it until taken out. One thread. */
public final class FrameBatch {
    private final @Nullable Frame[] frames;
    private int size;

    /** An empty batch for at most {@code capacity} frames. */
    public FrameBatch(int capacity) {
        frames = new Frame[capacity];
    }

    /** Frames in it. */
    public int size() {
        return size;
    }

    /** Frames that still fit. */
    public int remaining() {
        return frames.length - size;
    }

    /** Takes the frame over. */
    public void add(Frame frame) {
        frames[size++] = frame;
    }

    /** Frame {@code index}, which stays in the batch. */
    public Frame at(int index) {
        Frame frame = frames[index];
        if (frame == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return frame;
    }

    /** Puts another frame, or none, in the place of {@code index}; whoever calls owns what was there. */
    public void replace(int index, @Nullable Frame frame) {
        frames[index] = frame;
    }

    /** Forgets all frames without releasing them: the caller has passed each on. */
    public void clear() {
        for (int i = 0; i < size; i++) {
            frames[i] = null;
        }
        size = 0;
    }
}
