package dev.braid.tools.capture;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.pipeline.FrameTap;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;

/**
 * Copies frames into a {@link CaptureRing}. It never waits: a frame that finds the ring full is missing in the capture, which is
 * counted for the stack, and for the link so that the file can tell.
 *
 * <p>Called on the stack's receiving and transmitting threads; closed on any.
 */
final class RingTap implements FrameTap, AutoCloseable {
    /** In {@link #users} once the tap is closed. */
    private static final int CLOSED = Integer.MIN_VALUE;

    private final CaptureRing ring;
    private final boolean[] links;
    private final int snaplen;
    private final Way received;
    private final Way sent;
    /** Threads that are inside; the ring is unmapped only when there are none. */
    private final AtomicInteger users = new AtomicInteger();
    private volatile String failure = "";

    /**
     * A tap that owns the ring from now on.
     *
     * @param links by device index, whether it is captured
     * @param snaplen the most bytes of a packet to keep
     * @param receivedMissing counts frames of the receiving thread that found the ring full
     * @param sentMissing counts frames of the transmitting thread that did
     */
    RingTap(CaptureRing ring, boolean[] links, int snaplen, Counter receivedMissing, Counter sentMissing) {
        this.ring = ring;
        this.links = links.clone();
        this.snaplen = snaplen;
        this.received = new Way(false, receivedMissing);
        this.sent = new Way(true, sentMissing);
    }

    @Override
    public void onReceived(int device, Frame frame, long nowNs) {
        copy(received, device, frame, nowNs);
    }

    @Override
    public void onTransmitted(int device, Frame frame, long nowNs) {
        copy(sent, device, frame, nowNs);
    }

    @Override
    public void onTakenOff(RuntimeException why) {
        failure = String.valueOf(why.getMessage());
        if (users.incrementAndGet() > 0) {
            try {
                ring.end();
            } catch (InternalError e) {
                // The ring is what failed: its reader meets the same.
                failure = "the capture ring is gone";
            }
        }
        users.decrementAndGet();
    }

    /** Why the pipeline took the tap off, or empty. Any thread. */
    String failure() {
        return failure;
    }

    private void copy(Way way, int device, Frame frame, long nowNs) {
        if (device < 0 || device >= links.length || !links[device]) {
            return;
        }
        if (users.incrementAndGet() > 0) {
            try {
                way.copy(device, frame, nowNs);
            } catch (InternalError e) {
                // What the JVM makes of a mapped file that somebody cut short.
                throw new IllegalStateException("the capture ring is gone", e);
            } finally {
                users.decrementAndGet();
            }
        } else {
            users.decrementAndGet();
        }
    }

    /** Waits, some packets' time, until no thread is inside, and unmaps the ring. Idempotent. */
    @Override
    public void close() {
        int before = users.getAndUpdate(inside -> inside < 0 ? inside : inside + CLOSED);
        if (before < 0) {
            return;
        }
        while (users.get() != CLOSED) {
            Thread.onSpinWait();
        }
        ring.close();
    }

    /** One direction, whose counts only one thread writes. */
    private final class Way {
        private final boolean outbound;
        private final Counter full;
        private final long[] frames = new long[CaptureRing.MAX_LINKS];
        private final long[] missing = new long[CaptureRing.MAX_LINKS];
        private final long[] missingSinceLast = new long[CaptureRing.MAX_LINKS];

        Way(boolean outbound, Counter full) {
            this.outbound = outbound;
            this.full = full;
        }

        void copy(int link, Frame frame, long nowNs) {
            ManyToOneRingBuffer messages = ring.ring();
            int kept = Math.min(frame.length(), snaplen);
            int index = messages.tryClaim(CaptureRecord.MESSAGE_TYPE, CaptureRecord.HEADER + kept);
            frames[link]++;
            if (index > 0) {
                CaptureRecord.write(
                        ring.buffer(), index, link, outbound, frame, kept, missingSinceLast[link], nowNs);
                messages.commit(index);
                missingSinceLast[link] = 0;
            } else {
                full.increment();
                missing[link]++;
                missingSinceLast[link]++;
            }
            ring.counts(link, outbound, frames[link], missing[link]);
        }
    }
}
