package dev.braid.bench.jmh;

import dev.braid.stack.tcp.TcpConfig;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

/**
 * What loss recovery costs a connection that loses nothing: the same code with SACK, DSACK, RACK, tail loss probes and F-RTO, and with none
 * of them, which leaves NewReno's three duplicates and the timeout.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
public class RecoveryBenchmark {
    /** Whether all of it is on, as by default. */
    @Param({"false", "true"}) public boolean recovery;

    private final Arena arena = Arena.ofAuto();
    @SuppressWarnings("NullAway.Init") private Connection connection;
    @SuppressWarnings("NullAway.Init") private SegmentBenchmark.Peer peer;

    /** Makes what is measured and nothing beside it: of two connections, the one made first has other memory and is 3 % slower. */
    @Setup
    public void make() {
        Consumer<TcpConfig> settings = recovery ? tcp -> {} : RecoveryBenchmark::duplicatesAlone;
        connection = new Connection(arena, false, settings);
        peer = new SegmentBenchmark.Peer(arena, new Connection(arena, false, settings));
    }

    private static void duplicatesAlone(TcpConfig tcp) {
        tcp.sack = false;
        tcp.dsack = false;
        tcp.recovery = 0;
        tcp.earlyRetrans = 0;
        tcp.frto = 0;
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

    /** A thousand bytes in, in order, copied to the application; an ACK out for every second. */
    @Benchmark
    public int dataIn() {
        return peer.dataIn();
    }

    /** A small segment out, and the pure ACK for it in. */
    @Benchmark
    public int smallOutAndItsAckIn() {
        return peer.smallOutAndItsAckIn();
    }
}
