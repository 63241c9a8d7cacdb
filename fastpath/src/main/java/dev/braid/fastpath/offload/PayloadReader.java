package dev.braid.fastpath.offload;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;

/** A place in a frame's payload that moves from front to back, across linear part and fragments. One thread. */
final class PayloadReader {
    private int fragment;
    private long at;
    private int left;

    /** Begins {@code offset} bytes into the linear part. */
    void start(Frame frame, int offset) {
        fragment = 0;
        at = frame.data() + offset;
        left = frame.linearLength() - offset;
    }

    /** Copies the next {@code length} bytes, which must be there. */
    void copyTo(Frame frame, long to, int length) {
        int done = 0;
        while (done < length) {
            int piece = Math.min(piece(frame), length - done);
            Memory.copy(at, to + done, piece);
            advance(piece);
            done += piece;
        }
    }

    /** Passes over the next {@code length} bytes, which must be there. */
    void skip(Frame frame, int length) {
        int done = 0;
        while (done < length) {
            int piece = Math.min(piece(frame), length - done);
            advance(piece);
            done += piece;
        }
    }

    /** How many bytes lie together at the present place, at least one. */
    private int piece(Frame frame) {
        while (left == 0) {
            at = frame.fragmentAddress(fragment);
            left = frame.fragmentLength(fragment);
            fragment++;
        }
        return left;
    }

    private void advance(int bytes) {
        at += bytes;
        left -= bytes;
    }
}
