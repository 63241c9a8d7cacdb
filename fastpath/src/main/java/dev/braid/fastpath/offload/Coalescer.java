package dev.braid.fastpath.offload;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.frame.FramePool;
import org.jspecify.annotations.Nullable;

/**
 * Puts small TCP packets of one flow together into super-packets, within one batch of received frames.
 *
 * <p>The rules are wireguard-go's and the Linux kernel's. A packet joins the one before it when both are plain TCP
 * data (no IPv4 options or IPv6 extension headers, no fragments, no flags but ACK, PSH, ECE and CWR, some payload, no
 * trailing bytes), their device, addresses, ports, acknowledgement, window, ECE, option bytes, traffic class and so ECN
 * codepoint, TTL, DF bit or flow label, and frame extensions are equal, it does not say CWR, its sequence number is the
 * next, and it is no larger than the first. Nothing joins behind PSH or behind a shorter packet, nor beyond 65,535 bytes. Both packets' checksums are verified first,
 * unless a device has done so; a packet that fails passes alone, for the stack to drop and count. Any other TCP
 * packet of the flow ends the run, so the flow's order is kept.
 *
 * <p>Nothing waits: what a batch holds when it has been walked through is what goes on. A timer would cost wake-ups
 * on an idle stack and latency on a busy one. One owner thread; allocation-free.
 */
public final class Coalescer {
    private final FramePool pool;
    private final CoalescingCandidate candidate = new CoalescingCandidate();
    private final CoalescingRun[] runs;
    private final int[] places;
    private final @Nullable Frame[] kept;
    private int runCount;
    private int keptCount;

    /**
     * A coalescer.
     *
     * @param pool where the 64 KiB frames come from; when it has none, packets just stay as they are
     * @param batchCapacity the largest batch it will see, in frames
     */
    public Coalescer(FramePool pool, int batchCapacity) {
        this.pool = pool;
        this.runs = new CoalescingRun[batchCapacity];
        for (int i = 0; i < batchCapacity; i++) {
            runs[i] = new CoalescingRun();
        }
        this.places = new int[batchCapacity];
        this.kept = new Frame[batchCapacity];
    }

    /**
     * Coalesces what is in the batch, which goes on owning its frames; the order within each flow stays. Frames whose
     * bytes went into others are released.
     *
     * @return how many frames were joined to others, so are no longer in the batch
     */
    public int coalesce(FrameBatch batch) {
        int size = batch.size();
        if (size < 2) {
            return 0;
        }
        runCount = 0;
        keptCount = 0;
        for (int i = 0; i < size; i++) {
            Frame frame = batch.at(i);
            if (!candidate.examine(frame) || !join(frame)) {
                kept[keptCount++] = frame;
            }
        }
        for (int i = 0; i < runCount; i++) {
            runs[i].finish();
        }
        if (keptCount < size) {
            refill(batch);
        }
        return size - keptCount;
    }

    /**
     * Joins the examined frame to its flow's run; where it cannot, it begins a run at the place it is about to be kept
     * at.
     */
    private boolean join(Frame frame) {
        int index = 0;
        while (index < runCount && !runs[index].isSameFlow(candidate, frame)) {
            index++;
        }
        if (index < runCount) {
            Frame whole = runs[index].append(candidate, frame, pool);
            if (whole != null) {
                kept[places[index]] = whole;
                return true;
            }
            runs[index].finish();
        } else {
            runCount++;
        }
        runs[index].begin(frame);
        places[index] = keptCount;
        return false;
    }

    private void refill(FrameBatch batch) {
        batch.clear();
        for (int i = 0; i < keptCount; i++) {
            Frame frame = kept[i];
            kept[i] = null;
            if (frame != null) {
                batch.add(frame);
            }
        }
    }
}
