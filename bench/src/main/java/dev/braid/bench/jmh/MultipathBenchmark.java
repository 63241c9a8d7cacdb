package dev.braid.bench.jmh;

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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What Multipath TCP costs over one subflow, beside plain TCP: two cores joined in memory, both ends on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
public class MultipathBenchmark {
    /** Whether the connection is one of Multipath TCP. */
    @Param({"false", "true"}) public boolean multipath;

    private final Arena arena = Arena.ofAuto();
    @SuppressWarnings("NullAway.Init") private Connection connection;

    /** Makes what is measured and nothing beside it: of two connections, the one made first has other memory and is 3 % slower. */
    @Setup
    public void make() {
        connection = new Connection(arena, multipath, tcp -> {});
    }

    /** A super-segment of 60,000 bytes across, read, and its ACK back. */
    @Benchmark
    public int bulk() {
        return CoreToCoreBenchmark.bulk(connection);
    }

    /** A question of 64 bytes and its answer. */
    @Benchmark
    public int pingPong() {
        return CoreToCoreBenchmark.pingPong(connection);
    }
}
