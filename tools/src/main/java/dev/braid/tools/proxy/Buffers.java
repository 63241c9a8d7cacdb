package dev.braid.tools.proxy;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** Direct buffers of {@value #BYTES} bytes, one for each direction of a connection: as many as are in use, and some spare ones. Any thread. */
final class Buffers {
    static final int BYTES = 32 << 10;

    private static final int MAX_SPARE = 256;

    private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();
    private int out;

    /** An empty one. */
    synchronized ByteBuffer take() {
        out++;
        ByteBuffer buffer = spare.pollLast();
        return buffer == null ? ByteBuffer.allocateDirect(BYTES) : buffer.clear();
    }

    synchronized void give(ByteBuffer buffer) {
        out--;
        if (spare.size() < MAX_SPARE) {
            spare.addLast(buffer);
        }
    }

    /** How many are in use. */
    synchronized int out() {
        return out;
    }
}
