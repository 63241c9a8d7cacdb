package dev.braid.stack.core;

import static dev.braid.stack.rig.CoreRig.HOST4;
import static dev.braid.stack.rig.CoreRig.HOST6;
import static dev.braid.stack.rig.CoreRig.PEER4;
import static dev.braid.stack.rig.CoreRig.PEER6;
import static dev.braid.stack.rig.PacketBytes.packet;
import static dev.braid.stack.rig.PacketBytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.rig.PacketBytes;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StackCoreTest {
    @ParameterizedTest
    @CsvSource({"4, 0", "4, 1", "4, 1472", "4, 1473", "4, 60000", "6, 0", "6, 1", "6, 1452", "6, 1453", "6, 60000"})
    void twoCoresBackToBackAnswerEachOther(int version, int length) {
        Link near = CoreRig.link(0, PEER4 + "/24", PEER6 + "/64");
        try (var far = new CoreRig(); var asking = new CoreRig(CoreConfig.DEFAULT, near)) {
            byte[] request = (version == 4 ? packet(PEER4, HOST4) : packet(PEER6, HOST6))
                    .echo(5, 6, pattern(length))
                    .build();
            far.receive(request);
            List<byte[]> reply = far.sent();
            assertThat(reply).isNotEmpty();
            reply.forEach(asking::receive);
            assertThat(asking.counter(version == 4 ? "IcmpInEchoReps" : "Icmp6InEchoReplies")).isEqualTo(1);
            assertThat(asking.counter(version == 4 ? "IcmpInErrors" : "Icmp6InErrors")).isZero();
        }
    }

    @Test
    void aFreshCoreHasNothingToDo() {
        try (var rig = new CoreRig()) {
            assertThat(rig.core.nextDeadlineNs()).isEqualTo(Deadlines.NONE);
            assertThat(rig.core.flush(rig.nowNs)).isZero();
            rig.core.onDeadline(rig.nowNs);
            assertThat(rig.core.deadlines()).isZero();
        }
    }

    @Test
    void theClockMayStandBelowZero() {
        try (var rig = new CoreRig()) {
            rig.nowNs = -5_000_000_000L;
            rig.receive(packet(PEER4, HOST4).protocol(17).fragment(1, 0, true).payload(pattern(8)).build());
            assertThat(rig.core.nextDeadlineNs()).isBetween(rig.nowNs + 60_000_000_000L, rig.nowNs + 60_001_000_000L);
            rig.after(61_000_000_000L);
            assertThat(rig.core.incompleteDatagrams()).isZero();
            rig.sent();
        }
    }

    @Test
    void flushTellsHowManyFramesTheBatchSent() {
        try (var rig = new CoreRig()) {
            for (int i = 0; i < 3; i++) {
                rig.core.onFrame(rig.frame(packet(PEER4, HOST4).echo(1, i, pattern(8)).build()), rig.nowNs);
            }
            assertThat(rig.core.flush(rig.nowNs)).isEqualTo(3);
            assertThat(rig.core.flush(rig.nowNs)).isZero();
            rig.sent();
        }
    }

    @Test
    void aFrameThatCarriesNoTimeIsStampedAndOneThatDoesKeepsIt() {
        try (var rig = new CoreRig()) {
            byte[] request = packet(PEER4, HOST4).echo(1, 1, pattern(8)).build();
            var times = new ArrayList<Long>();
            var core = new StackCore(
                    CoreConfig.DEFAULT,
                    List.of(CoreRig.link(0, HOST4 + "/24")),
                    rig.frames,
                    rig.chunks,
                    rig.counters,
                    new Random(1)::nextLong,
                    frame -> {
                        times.add(frame.arrivalNs());
                        frame.release();
                    });
            core.onFrame(rig.frame(request), 77);
            core.onFrame(rig.frame(request).arrivalNs(33), 77);
            assertThat(times).containsExactly(77L, 33L);
        }
    }

    @Test
    void aFrameThatLiesAboutItsBoundsIsDroppedAndCounted() {
        try (var rig = new CoreRig()) {
            Frame frame = rig.frame(packet(PEER4, HOST4).udp(1, 2, pattern(900)).build());
            // Claims to end in chunks what its linear part does not hold.
            frame.resize(30);
            var chunk = rig.chunks.take(1000);
            frame.appendFragment(chunk, 0, 1000);
            chunk.release();
            rig.receive(frame);
            assertThat(rig.counter("IpDropTruncated") + rig.counter("DropBounds")).isEqualTo(1);
            assertThat(rig.frames.inUse()).isZero();
        }
    }

    @Test
    void anExceptionBehindTheCoreIsCountedAndReportedAndTheNextFrameIsServed() {
        try (Arena arena = Arena.ofConfined()) {
            var frames = new FramePool(arena, 64, 4, true);
            var counters = Counters.inMemory(arena, 512);
            var sent = new ArrayList<Frame>();
            var fail = new boolean[] {true};
            var core = new StackCore(
                    CoreConfig.DEFAULT,
                    List.of(CoreRig.link(0, HOST4 + "/24")),
                    frames,
                    new ChunkPool(arena, 1 << 16, true),
                    counters,
                    new Random(1)::nextLong,
                    frame -> {
                        if (fail[0]) {
                            frame.release();
                            throw new IllegalStateException("the output is broken");
                        }
                        sent.add(frame);
                    });
            var defects = new ArrayList<String>();
            core.reportDefectsTo((during, defect) -> defects.add(during + ": " + defect.getMessage()));
            try (var rig = new CoreRig()) {
                byte[] request = packet(PEER4, HOST4).echo(1, 1, pattern(8)).build();
                core.onFrame(copy(frames, request), 1);
                assertThat(counters.value("DropInternalError")).isEqualTo(1);
                assertThat(defects).containsExactly("a frame's arrival: the output is broken");
                assertThat(frames.inUse()).isZero();
                fail[0] = false;
                core.onFrame(copy(frames, request), 2);
                assertThat(sent).hasSize(1);
                sent.forEach(Frame::release);
                assertThat(rig.defects()).isEmpty();
            }
            core.close(3);
            assertThat(frames.inUse()).isZero();
        }
    }

    private static Frame copy(FramePool frames, byte[] packet) {
        Frame frame = frames.take(packet.length);
        frame.resize(packet.length);
        Memory.copyIn(packet, 0, frame.data(), packet.length);
        return frame;
    }

    @Test
    void answeringAllocatesNothing() {
        try (Arena arena = Arena.ofConfined()) {
            var frames = new FramePool(arena, 512, 16, false);
            var core = new StackCore(
                    CoreConfig.DEFAULT,
                    List.of(CoreRig.link(0, HOST4 + "/24", HOST6 + "/64")),
                    frames,
                    new ChunkPool(arena, 1 << 16, false),
                    Counters.inMemory(arena, 1024),
                    new Random(1)::nextLong,
                    Frame::release);
            byte[][] packets = {
                packet(PEER4, HOST4).echo(1, 1, pattern(100)).build(),
                packet(PEER6, HOST6).echo(1, 1, pattern(100)).build(),
                packet(PEER4, HOST4).echo(1, 1, pattern(4000)).build(),
                packet(PEER4, HOST4).udp(1, 2, pattern(100)).build(),
                packet(PEER6, HOST6).udp(1, 2, pattern(100)).build(),
                packet(PEER4, HOST4).fragment(7, 0, true).protocol(17).payload(pattern(64)).build(),
                packet(PEER4, HOST4).fragment(7, 64, false).protocol(17).payload(pattern(64)).build(),
            };
            var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long least = Long.MAX_VALUE;
            // The compiler's own work is charged to no thread, but code not compiled yet allocates what compiled code does not.
            for (int round = 0; round < 20 && least > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 1000; i++) {
                    for (byte[] packet : packets) {
                        core.onFrame(copy(frames, packet), round * 1000L + i);
                    }
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).as("bytes for 7,000 packets").isLessThan(7_000);
            core.close(0);
            assertThat(frames.inUse()).isZero();
        }
    }

    @Test
    void aClosedCoreDropsWhatArrives() {
        var rig = new CoreRig();
        rig.core.close(rig.nowNs);
        rig.receive(packet(PEER4, HOST4).echo(1, 1, pattern(8)).build());
        assertThat(rig.counter("DropClosed")).isEqualTo(1);
        assertThat(rig.sent()).isEmpty();
        rig.close();
    }

    @Test
    void everyByteOfAGoodPacketChangedAtRandomHarmsNothing() {
        try (var rig = new CoreRig()) {
            var random = new Random(11);
            List<byte[]> seeds = List.of(
                    packet(PEER4, HOST4).options(7, 7, 4, 0, 0, 0, 0, 1).echo(1, 1, pattern(40)).build(),
                    packet(PEER4, HOST4).udp(1, 2, pattern(40)).build(),
                    packet(PEER4, HOST4).tcp(1, 2, 3, 2).build(),
                    packet(PEER4, HOST4).fragment(9, 8, true).protocol(17).payload(pattern(40)).build(),
                    packet(PEER4, HOST4).icmp(3, 4, 1000, packet(HOST4, PEER4).tcp(1, 2, 3, 2).build()).build(),
                    packet(PEER6, HOST6)
                            .extension(0, 0, 0, 1, 4, 0, 0, 0, 0)
                            .extension(60, 0, 0, 1, 4, 0, 0, 0, 0)
                            .echo(1, 1, pattern(40))
                            .build(),
                    packet(PEER6, HOST6).fragment(9, 8, true).protocol(17).payload(pattern(40)).build(),
                    packet(PEER6, HOST6).icmp(2, 0, 1300, packet(HOST6, PEER6).tcp(1, 2, 3, 2).build()).build());
            for (int round = 0; round < 10_000; round++) {
                byte[] packet = seeds.get(random.nextInt(seeds.size())).clone();
                for (int changes = random.nextInt(4); changes >= 0; changes--) {
                    packet[random.nextInt(packet.length)] = (byte) random.nextInt(256);
                }
                // Half of them with a header checksum and transport state that let them past the first checks.
                Frame frame = rig.frame(packet);
                if (random.nextBoolean()) {
                    if (packet[0] >>> 4 == 4) {
                        PacketBytes.fixHeaderChecksum(packet);
                        frame.release();
                        frame = rig.frame(packet);
                    }
                    frame.checksumState(Frame.CHECKSUM_VALID);
                }
                rig.receive(frame);
                rig.sent();
            }
            assertThat(rig.counter("DropInternalError")).isZero();
            assertThat(rig.counter("DropBounds")).as("parsers notice by themselves").isZero();
            rig.after(100_000_000_000L);
            rig.sent();
        }
    }
}
