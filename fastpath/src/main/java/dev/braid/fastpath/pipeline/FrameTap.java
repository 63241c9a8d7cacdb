package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.frame.Frame;

/**
 * Sees every frame that a pipeline's devices hand over and every frame that the core sends, for captures and probes.
 *
 * <p>A tap runs in the middle of the data path: it must neither keep nor change the frame, and must not wait. With {@link
 * Threads#STAGED} the two methods are called on two threads at the same time; otherwise both on one. A tap that throws is taken
 * off and counted under {@code PipelineTapFailures} ({@code PipelineTransmitTapFailures} on a transmitting thread of its own).
 */
public interface FrameTap {
    /**
     * A frame arrived, before packets of one flow are joined.
     *
     * @param device index of the device it came from
     * @param frame the packet as the device handed it over: perhaps a super-packet, perhaps with a partial checksum
     * @param nowNs when it was read, in nanoseconds of the pipeline's clock
     */
    void onReceived(int device, Frame frame, long nowNs);

    /**
     * A frame is about to leave, before what the device cannot do itself is done in software.
     *
     * @param device index of the device it leaves by
     * @param frame the packet as the core made it; its payload may lie in fragments, it may be a super-packet, its checksum may
     *     be partial
     * @param nowNs the transmitting thread's duty cycle, in nanoseconds of the pipeline's clock
     */
    void onTransmitted(int device, Frame frame, long nowNs);

    /**
     * It threw, and is taken off: the last call, but for one that another thread has begun before. On the thread that it threw on.
     *
     * @param why what it threw
     */
    default void onTakenOff(RuntimeException why) {}
}
