package dev.braid.bench.jmh;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reading and writing the fixed headers of IPv4 and TCP. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HeaderBenchmark {
    private static final int LENGTH = 1500;

    private final Arena keep = Arena.ofAuto();
    private final long ip = Memory.allocate(keep, 64, 64);
    private final long tcp = ip + Ipv4.MIN_HEADER;
    private int seq;

    /** Headers worth reading. */
    @Setup
    public void fill() {
        write();
    }

    @Benchmark
    public long parse() {
        return Ipv4.version(ip) + Ipv4.totalLength(ip) + Ipv4.protocol(ip) + Ipv4.srcLo(ip) + Ipv4.dstLo(ip)
                + Tcp.srcPort(tcp) + Tcp.dstPort(tcp) + Tcp.seq(tcp) + Tcp.ack(tcp) + Tcp.dataOffset(tcp)
                + Tcp.flags(tcp) + Tcp.window(tcp);
    }

    @Benchmark
    public void write() {
        Ipv4.write(ip, 0, LENGTH, 0, Ipv4.DONT_FRAGMENT, 64, Protocol.TCP, 0x0a4d0001, 0x0a4d0002);
        Tcp.write(tcp, 80, 40_000, seq++, 2, Tcp.MIN_HEADER, Tcp.ACK | Tcp.PSH, 1024, 0);
    }
}
