package dev.braid.bench.jmh;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import java.lang.foreign.Arena;
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

/** Taking memory from its pool and giving it back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PoolBenchmark {
    private final Arena arena = Arena.ofAuto();
    private final FramePool frames = new FramePool(arena, 1024, 16, false);
    private final ChunkPool chunks = new ChunkPool(arena, 4 << 20, false);

    @Benchmark
    public @Nullable Frame frame() {
        Frame frame = frames.takeMtu();
        if (frame != null) {
            frame.release();
        }
        return frame;
    }

    /** As when the application's thread has read a frame: home through the queue. */
    @Benchmark
    public int frameThatComesHome() {
        Frame frame = frames.takeMtu();
        if (frame != null) {
            frames.comeHome(frame);
        }
        return frames.welcomeHome();
    }

    @Benchmark
    public @Nullable Chunk chunk() {
        Chunk chunk = chunks.take(ChunkPool.LARGE);
        if (chunk != null) {
            chunk.release();
        }
        return chunk;
    }
}
