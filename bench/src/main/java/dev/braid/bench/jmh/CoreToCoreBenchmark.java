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
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Two cores joined in memory, one thread: everything but system calls, with a copy where a device would have one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
public class CoreToCoreBenchmark {
    private static final int SUPER = 60_000;
    private static final int SMALL = 64;

    /** Whether the fast path is on. */
    @Param({"true", "false"}) public boolean headerPrediction;

    private final Arena arena = Arena.ofAuto();
    private final Connection fast = new Connection(arena, true);
    private final Connection slow = new Connection(arena, false);

    /** A super-segment of 60,000 bytes across, read, and its ACK back. */
    @Benchmark
    public int bulk() {
        return bulk(headerPrediction ? fast : slow);
    }

    static int bulk(Connection c) {
        c.near.send(c.nearSocket, SUPER, c.nowNs);
        return across(c);
    }

    private static int across(Connection c) {
        int got = 0;
        for (int turns = 0; got < SUPER && turns < 10; turns++) {
            c.exchange();
            got += c.far.receive(c.farSocket, c.nowNs);
        }
        c.exchange();
        if (got != SUPER) {
            throw new IllegalStateException("got " + got);
        }
        return got;
    }

    /** A question of 64 bytes and its answer. */
    @Benchmark
    public int pingPong() {
        return pingPong(headerPrediction ? fast : slow);
    }

    static int pingPong(Connection c) {
        c.near.send(c.nearSocket, SMALL, c.nowNs);
        c.near.deliverTo(c.far, c.nowNs);
        int asked = c.far.receive(c.farSocket, c.nowNs);
        c.far.send(c.farSocket, SMALL, c.nowNs);
        c.nowNs += 20_000;
        c.far.deliverTo(c.near, c.nowNs);
        int answered = c.near.receive(c.nearSocket, c.nowNs);
        if (asked != SMALL || answered != SMALL) {
            throw new IllegalStateException("asked " + asked + ", answered " + answered);
        }
        return answered;
    }
}
