package dev.braid.bench.jmh;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The Internet checksum of a header, a packet and a super-packet. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChecksumBenchmark {
    private static final int MOST = 65_536;

    /** Bytes summed. */
    @Param({"64", "1460", "65536"}) public int bytes;

    private final Arena keep = Arena.ofAuto();
    private final long block = Memory.allocate(keep, MOST, 64);

    @Benchmark
    public long sum() {
        return Checksum.sum(block, bytes, 0);
    }
}
