package dev.braid.tools.proxy;

import java.util.concurrent.atomic.AtomicLong;

/** What a connection has carried. One thread counts each direction; any may read. */
final class Traffic {
    private final AtomicLong up = new AtomicLong();
    private final AtomicLong down = new AtomicLong();
    private volatile long lastNs;
    private volatile boolean halfClosed;

    Traffic(long nowNs) {
        lastNs = nowNs;
    }

    /** Bytes went from the client to the destination. */
    void up(int bytes, long nowNs) {
        up.setRelease(up.getPlain() + bytes);
        lastNs = nowNs;
    }

    /** Bytes went from the destination to the client. */
    void down(int bytes, long nowNs) {
        down.setRelease(down.getPlain() + bytes);
        lastNs = nowNs;
    }

    /** One of the two ended its stream. */
    void ended() {
        halfClosed = true;
    }

    long up() {
        return up.getAcquire();
    }

    long down() {
        return down.getAcquire();
    }

    /** When a byte went last, else the beginning, on {@link System#nanoTime}. */
    long lastNs() {
        return lastNs;
    }

    boolean halfClosed() {
        return halfClosed;
    }
}
