package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.Waiter;
import dev.braid.fastpath.frame.FramePool;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline is made of.
 *
 * @param name in front of its threads' names
 * @param threads which stages share a thread
 * @param idle how long its threads look for work before they sleep
 * @param clock monotonic, in nanoseconds
 * @param devices by device index, each with one queue or more; the first queue transmits. The pipeline closes them
 * @param deviceWaiter what the receiving thread sleeps on. The pipeline closes it
 * @param coreFrames the frames the core takes
 * @param receiveFrames the frames the devices take: the same pool, or with {@link Threads#STAGED} one made by
 *     {@link FramePool#sibling}
 * @param counters gets the pipeline's counters
 * @param onError told of a failed duty cycle, once for each kind of failure, on the failing thread
 * @param onEnd told once that the protocol's thread has ended, on it, with the cause or {@code null} for a peaceful close
 */
public record PipelineSpec(
        String name,
        Threads threads,
        IdlePolicy idle,
        LongSupplier clock,
        List<List<FrameDevice>> devices,
        Waiter deviceWaiter,
        FramePool coreFrames,
        FramePool receiveFrames,
        Counters counters,
        Consumer<Throwable> onError,
        Consumer<@Nullable Throwable> onEnd) {
    /** Checks that threads do not share a pool that they must not share. */
    public PipelineSpec {
        devices = devices.stream().map(List::copyOf).toList();
        if ((threads == Threads.STAGED) == (coreFrames == receiveFrames)) {
            throw new IllegalArgumentException(
                    "a receiving thread of its own needs a frame pool of its own, and only it");
        }
    }
}
