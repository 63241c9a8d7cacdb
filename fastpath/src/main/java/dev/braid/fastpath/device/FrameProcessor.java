package dev.braid.fastpath.device;

import dev.braid.fastpath.frame.Frame;

/**
 * A protocol core as the pipeline sees it: inputs are method calls, one input each; frames leave through the
 * {@link FrameOutput} it was made with. It has no thread, clock, randomness or I/O of its own; one thread calls it at a time.
 *
 * <p>{@code nowNs} is any monotonic clock in nanoseconds, read once per duty cycle; it never goes back between calls.
 */
public interface FrameProcessor {
    /** Takes a frame that arrived. Nothing it contains makes this throw; what is refused is dropped under a counter. */
    void onFrame(Frame frame, long nowNs);

    /** A device went up or down, or changed its MTU. */
    void onDevice(int device, boolean up, int mtu, long nowNs);

    /** Lets every deadline up to {@code nowNs} expire. */
    void onDeadline(long nowNs);

    /**
     * Ends a batch of inputs: whatever they made due is sent now, connections taking turns.
     *
     * @return how many frames were sent
     */
    int flush(long nowNs);

    /** The next moment at which {@link #onDeadline} has something to do, or {@link Deadlines#NONE}. */
    long nextDeadlineNs();
}
