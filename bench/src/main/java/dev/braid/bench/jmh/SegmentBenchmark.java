package dev.braid.bench.jmh;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Tcp;
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

/** One segment through the core, built by hand from a real one; what the core answers is thrown away. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
public class SegmentBenchmark {
    private static final int DATA = 1000;
    private static final int REQUEST = 64;
    private static final int ROOM = 2048;

    /** Whether the fast path is on: off, the segments take RFC 9293's whole list of checks. */
    @Param({"true", "false"}) public boolean headerPrediction;

    private final Arena arena = Arena.ofAuto();
    private final Peer fast = new Peer(arena, new Connection(arena, true));
    private final Peer slow = new Peer(arena, new Connection(arena, false));

    /** A thousand bytes in, in order, copied to the application; an ACK out for every second. */
    @Benchmark
    public int dataIn() {
        return (headerPrediction ? fast : slow).dataIn();
    }

    /** A small segment out, and the pure ACK for it in. */
    @Benchmark
    public int smallOutAndItsAckIn() {
        return (headerPrediction ? fast : slow).smallOutAndItsAckIn();
    }

    /** The far host's core, fed with patched copies of what its peer once sent. */
    static final class Peer {
        private final Connection c;
        private final long template;
        private final int length;
        private int seq;
        private int ack;

        Peer(Arena arena, Connection connection) {
            c = connection;
            template = Memory.allocate(arena, ROOM, 64);
            c.near.send(c.nearSocket, DATA, c.nowNs);
            Frame sent = c.near.poll();
            if (sent == null) {
                throw new IllegalStateException("nothing was sent");
            }
            length = sent.length();
            sent.copyTo(template);
            sent.release();
            seq = Tcp.seq(template + Ipv4.MIN_HEADER);
            ack = Tcp.ack(template + Ipv4.MIN_HEADER);
        }

        int dataIn() {
            arrive(length, seq);
            seq += DATA;
            c.far.core.flush(c.nowNs);
            int got = c.far.receive(c.farSocket, c.nowNs);
            throwAway();
            if (got != DATA) {
                throw new IllegalStateException("got " + got);
            }
            return got;
        }

        int smallOutAndItsAckIn() {
            c.far.send(c.farSocket, REQUEST, c.nowNs);
            throwAway();
            ack += REQUEST;
            arrive(length - DATA, seq);
            return c.far.core.flush(c.nowNs);
        }

        /** Lets so many bytes of the template arrive under these numbers; the checksum counts as verified. */
        private void arrive(int bytes, int seq) {
            Frame frame = c.far.frames.takeMtu();
            if (frame == null) {
                throw new IllegalStateException("out of frames");
            }
            frame.resize(bytes);
            long ip = frame.data();
            Memory.copy(template, ip, bytes);
            Ipv4.putTotalLength(ip, bytes);
            Ipv4.putChecksum(ip, 0);
            HeaderChecksum.fillIpv4(ip);
            Memory.put32(ip + Ipv4.MIN_HEADER + 4, seq);
            Memory.put32(ip + Ipv4.MIN_HEADER + 8, ack);
            frame.device(0).checksumState(Frame.CHECKSUM_VALID);
            c.nowNs += 1_000;
            c.far.core.onFrame(frame, c.nowNs);
        }

        private void throwAway() {
            for (Frame frame = c.far.poll(); frame != null; frame = c.far.poll()) {
                frame.release();
            }
        }
    }
}
