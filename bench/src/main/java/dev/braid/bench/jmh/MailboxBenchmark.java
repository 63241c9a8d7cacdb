package dev.braid.bench.jmh;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.device.ParkWaiter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.pipeline.CoreTask;
import dev.braid.fastpath.pipeline.IdlePolicy;
import dev.braid.fastpath.pipeline.Pipeline;
import dev.braid.fastpath.pipeline.PipelineSpec;
import dev.braid.fastpath.pipeline.Threads;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/** An application's message to the core, and the duty cycle that reads it: no device, a core that does nothing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MailboxBenchmark {
    private final Arena arena = Arena.ofAuto();
    private final FramePool frames = new FramePool(arena, 16, 1, false);
    private final Pipeline pipeline = new Pipeline(new PipelineSpec("mailbox", Threads.INVOKED, IdlePolicy.SLEEPY,
            System::nanoTime, List.of(), new ParkWaiter(), frames, frames, Counters.inMemory(64), failure -> {},
            cause -> {}));
    private final Count task = new Count();

    /** Started once. */
    public MailboxBenchmark() {
        pipeline.start(new Nothing());
    }

    /** The cycle alone. */
    @Benchmark
    public int emptyCycle() {
        return pipeline.invoke();
    }

    @Benchmark
    public long postAndRun() {
        pipeline.mailbox().post(task);
        pipeline.invoke();
        return task.done;
    }

    private static final class Count implements CoreTask {
        long done;

        @Override
        public void run(long nowNs) {
            done++;
        }

        @Override
        public void abandon(@Nullable Throwable cause) {
            throw new IllegalStateException(cause);
        }
    }

    private static final class Nothing implements FrameProcessor {
        @Override
        public void onFrame(Frame frame, long nowNs) {
            frame.release();
        }

        @Override
        public void onDevice(int device, boolean up, int mtu, long nowNs) {
            throw new IllegalStateException("there is no device");
        }

        @Override
        public void onDeadline(long nowNs) {
            throw new IllegalStateException("there is no deadline");
        }

        @Override
        public int flush(long nowNs) {
            return 0;
        }

        @Override
        public long nextDeadlineNs() {
            return Deadlines.NONE;
        }
    }
}
