package dev.braid.bench.jmh;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What passes between threads, here on one: the ring's and the duty cycle's own cost, without a cache line's travel. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HandoffBenchmark {
    private final Arena arena = Arena.ofAuto();
    private final FramePool frames = new FramePool(arena, 16, 1, false);
    private final SpscAtomicArrayQueue<Frame> ring = new SpscAtomicArrayQueue<>(4096);
    private final @Nullable Frame frame = frames.takeMtu();

    @Benchmark
    public @Nullable Frame ring() {
        ring.offer(frame);
        return ring.poll();
    }
}
