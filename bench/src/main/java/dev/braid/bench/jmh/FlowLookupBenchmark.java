package dev.braid.bench.jmh;

import dev.braid.fastpath.flow.FlowTable;
import dev.braid.fastpath.flow.SipHash;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Protocol;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/** Finding a connection among many, keyed hash included, one flow after another so that caches are as cold as they get. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FlowLookupBenchmark {
    private static final long LOCAL = Ipv4.mapped(0x0a4d0002);
    private static final int REMOTE = 0x0a000000;
    private static final int STRIDE = 7919;

    /** Connections in the table. */
    @Param({"1000", "100000"}) public int flows;

    private final SipHash hash = SipHash.sip13(1, 2);
    private FlowTable<Integer> table = new FlowTable<>(1, 2, 0);
    private int next;

    /** Fills the table: each flow has a remote address of its own. */
    @Setup
    public void fill() {
        table = new FlowTable<>(1, 2, flows);
        for (int i = 0; i < flows; i++) {
            table.insert(0, Protocol.TCP, Ipv4.MAPPED_HI, LOCAL, Ipv4.MAPPED_HI, Ipv4.mapped(REMOTE + i), 80, 40_000,
                    i);
        }
    }

    @Benchmark
    public @Nullable Integer hit() {
        next = (next + STRIDE) % flows;
        return lookup(40_000);
    }

    @Benchmark
    public @Nullable Integer miss() {
        next = (next + STRIDE) % flows;
        return lookup(40_001);
    }

    private @Nullable Integer lookup(int remotePort) {
        return table.lookup(0, Protocol.TCP, Ipv4.MAPPED_HI, LOCAL, Ipv4.MAPPED_HI, Ipv4.mapped(REMOTE + next), 80,
                remotePort);
    }

    /** The hash alone: six words, as a flow has. */
    @Benchmark
    public long sipHash() {
        return hash.begin().add(next++).add(LOCAL).add(2).add(3).add(4).add(5).finish();
    }
}
