package dev.braid.bench.jmh;

import dev.braid.stack.timer.TimerWheel;
import dev.braid.stack.timer.WheelEntry;
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

/** Deadlines among 10,000 others. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TimerWheelBenchmark {
    private static final int OTHERS = 10_000;
    private static final long SPREAD_NS = 60_000_000_000L;
    private static final long RTO_NS = 200_000_000L;

    private final TimerWheel wheel = new TimerWheel(0);
    private final TimerWheel moving = new TimerWheel(0);
    private final WheelEntry entry = new WheelEntry(nowNs -> {});
    private final WheelEntry due = new WheelEntry(nowNs -> {});
    private long nowNs;

    /** The others lie all over the next minute. */
    public TimerWheelBenchmark() {
        for (int i = 1; i <= OTHERS; i++) {
            wheel.schedule(new WheelEntry(now -> {}), RTO_NS + i * (SPREAD_NS / OTHERS));
        }
    }

    /** What every segment does to the retransmission timer. */
    @Benchmark
    public void scheduleAndCancel() {
        wheel.schedule(entry, RTO_NS);
        wheel.cancel(entry);
    }

    /** What every duty cycle asks. */
    @Benchmark
    public long nextDeadline() {
        return wheel.nextDeadlineNs();
    }

    /** A deadline a millisecond ahead that expires. */
    @Benchmark
    public @Nullable WheelEntry scheduleAndExpire() {
        moving.schedule(due, nowNs + 1_000_000);
        nowNs += 2_000_000;
        return moving.poll(nowNs);
    }
}
