package dev.braid.fastpath.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.LinkTap.Fate;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimLinkTest {
    private static final long MS = 1_000_000;

    private final Arena arena = Arena.ofConfined();
    private final FramePool pool = new FramePool(arena, 4096, 16, true);
    private final Counters counters = Counters.inMemory(arena, 64);

    @AfterEach
    void nothingLeaks() {
        assertThat(pool.leaks()).isEmpty();
        arena.close();
    }

    private SimLink link(LinkConfig config) {
        return link(config, 1);
    }

    private SimLink link(LinkConfig config, long seed) {
        return new SimLink("test", config, seed, pool, new LinkCounters(counters, "test"));
    }

    private Frame packet(int number, int length) {
        Frame frame = pool.takeMtu();
        frame.resize(length);
        Memory.zero(frame.data(), length);
        Memory.put32(frame.data(), number);
        return frame;
    }

    /** What arrives until the link is idle, as "number@moment in us". */
    private static List<String> drain(SimLink link) {
        var arrived = new ArrayList<String>();
        while (link.nextDeadlineNs() != Deadlines.NONE) {
            long now = link.nextDeadlineNs();
            Frame frame = link.poll(now);
            arrived.add(Memory.i32(frame.data()) + "@" + now / 1000);
            frame.release();
        }
        return arrived;
    }

    private List<Integer> survivors(LinkConfig config, long seed, int count) {
        SimLink link = link(config, seed);
        var arrived = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            link.offer(packet(i, 100), i);
            for (Frame frame = link.poll(i); frame != null; frame = link.poll(i)) {
                arrived.add(Memory.i32(frame.data()));
                frame.release();
            }
        }
        for (Frame frame = link.poll(Deadlines.NONE - 1); frame != null; frame = link.poll(Deadlines.NONE - 1)) {
            arrived.add(Memory.i32(frame.data()));
            frame.release();
        }
        return arrived;
    }

    private long count(Fate fate) {
        return counters.value("Link.test." + fate);
    }

    @Test
    void aPerfectWireDeliversAtOnceAndInOrder() {
        SimLink link = link(LinkConfig.PERFECT);
        link.offer(packet(1, 100), 5000);
        link.offer(packet(2, 100), 5000);
        assertThat(drain(link)).containsExactly("1@5", "2@5");
    }

    @Test
    void nothingArrivesBeforeItsTime() {
        SimLink link = link(LinkConfig.PERFECT.delay(10 * MS));
        link.offer(packet(1, 100), 0);
        assertThat(link.poll(10 * MS - 1)).isNull();
        assertThat(link.nextDeadlineNs()).isEqualTo(10 * MS);
        assertThat(drain(link)).containsExactly("1@10000");
    }

    @Test
    void theRateSpacesPacketsByTheirBytes() {
        SimLink link = link(LinkConfig.PERFECT.rate(8_000_000).delay(MS));
        link.offer(packet(1, 1000), 0);
        link.offer(packet(2, 500), 0);
        link.offer(packet(3, 1000), 0);
        assertThat(drain(link)).containsExactly("1@2000", "2@2500", "3@3500");
    }

    @Test
    void theQueueDropsItsTailByBytes() {
        SimLink link = link(LinkConfig.PERFECT.rate(8_000_000).queue(2500));
        for (int i = 0; i < 5; i++) {
            link.offer(packet(i, 1000), 0);
        }
        assertThat(drain(link)).containsExactly("0@1000", "1@2000");
        assertThat(count(Fate.QUEUE_FULL)).isEqualTo(3);
        link.offer(packet(9, 1000), 10 * MS);
        assertThat(drain(link)).as("the queue empties at the rate").containsExactly("9@11000");
    }

    /** Five packets of 1,000 bytes at once, with these ECN fields; what arrives says its own. */
    private List<Integer> codepoints(LinkConfig config, boolean ipv4, int... sent) {
        SimLink link = link(config);
        for (int i = 0; i < sent.length; i++) {
            Frame frame = packet(0, 1000);
            if (ipv4) {
                Ipv4.write(frame.data(), 4 | sent[i], 1000, i, 0, 64, Protocol.TCP, 0x0a000001, 0x0a000002);
            } else {
                Ipv6.write(frame.data(), 4 | sent[i], 0, 960, Protocol.TCP, 64, 1, 1, 1, 2);
            }
            link.offer(frame, 0);
        }
        var arrived = new ArrayList<Integer>();
        for (Frame frame = link.poll(MS * 1000); frame != null; frame = link.poll(MS * 1000)) {
            if (ipv4) {
                assertThat(HeaderChecksum.verifyIpv4(frame.data())).isTrue();
                assertThat(Ipv4.trafficClass(frame.data()) & ~3).isEqualTo(4);
            }
            arrived.add(ipv4 ? Ipv4.ecn(frame.data()) : Ipv6.ecn(frame.data()));
            frame.release();
        }
        return arrived;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLongQueueMarksWhatMayBeMarked(boolean ipv4) {
        LinkConfig slow = LinkConfig.PERFECT.rate(8_000_000);
        assertThat(codepoints(slow.markAbove(2_000), ipv4, 2, 2, 2, 2, 1, 0, 3)).containsExactly(2, 2, 2, 3, 3, 0, 3);
        assertThat(count(Fate.MARKED)).isEqualTo(3);
        assertThat(count(Fate.UNMARKABLE)).isZero();
    }

    @Test
    void aLongWaitMarksTheSame() {
        LinkConfig slow = LinkConfig.PERFECT.rate(8_000_000);
        assertThat(codepoints(slow.markAfter(2 * MS), true, 2, 2, 2, 2, 2)).containsExactly(2, 2, 2, 3, 3);
    }

    @Test
    void whatCannotBeMarkedIsDroppedWhereTheLinkIsToldSoAndTakesNoRoom() {
        LinkConfig slow = LinkConfig.PERFECT.rate(8_000_000).markAbove(1_000).dropUnmarkable();
        assertThat(codepoints(slow, true, 0, 0, 0, 0, 2)).containsExactly(0, 0, 3);
        assertThat(count(Fate.UNMARKABLE)).isEqualTo(2);
    }

    @Test
    void aBrokenHeaderIsNotMendedByAMark() {
        SimLink link = link(LinkConfig.PERFECT.rate(8_000_000).markAbove(0));
        for (int i = 0; i < 2; i++) {
            Frame frame = packet(0, 1000);
            Ipv4.write(frame.data(), 2, 1000, i, 0, 64, Protocol.TCP, 0x0a000001, 0x0a000002);
            Memory.put8(frame.data() + 8, 63);
            link.offer(frame, 0);
        }
        assertThat(count(Fate.MARKED)).isZero();
        link.close();
    }

    @Test
    void withoutALimitedRateNothingWaitsAndNothingIsMarked() {
        assertThat(codepoints(LinkConfig.PERFECT.markAbove(0), true, 2, 2, 2)).containsExactly(2, 2, 2);
    }

    @Test
    void chosenPacketsAreLost() {
        assertThat(survivors(LinkConfig.PERFECT.lose(0, 3), 1, 6)).containsExactly(1, 2, 4, 5);
        assertThat(count(Fate.LOST)).isEqualTo(2);
    }

    @Test
    void randomLossComesNearItsProbabilityAndBelongsToTheSeed() {
        List<Integer> first = survivors(LinkConfig.PERFECT.loss(0.1), 7, 10_000);
        assertThat(first.size()).isBetween(8_900, 9_100);
        assertThat(survivors(LinkConfig.PERFECT.loss(0.1), 7, 10_000)).isEqualTo(first);
        assertThat(survivors(LinkConfig.PERFECT.loss(0.1), 8, 10_000)).isNotEqualTo(first);
    }

    @Test
    void whichPacketIsLostDoesNotDependOnOtherImpairments() {
        List<Integer> plain = survivors(LinkConfig.PERFECT.loss(0.1), 7, 1_000);
        assertThat(survivors(LinkConfig.PERFECT.loss(0.1).jitter(50).corrupt(0).delay(MS), 7, 1_000)).isEqualTo(plain);
    }

    @Test
    void burstsLoseRunsOfPackets() {
        List<Integer> arrived = survivors(LinkConfig.PERFECT.bursts(0.01, 0.2, 1), 3, 20_000);
        int lost = 20_000 - arrived.size();
        int runs = 0;
        for (int i = 1; i < arrived.size(); i++) {
            runs += arrived.get(i) > arrived.get(i - 1) + 1 ? 1 : 0;
        }
        assertThat(lost).isBetween(600, 1_400);
        assertThat((double) lost / runs).as("mean burst length is 1 / toGood").isBetween(4.0, 6.0);
    }

    @Test
    void jitterKeepsTheOrderAndReorderingChangesIt() {
        assertThat(survivors(LinkConfig.PERFECT.delay(100).jitter(1000), 1, 500)).isSorted();
        List<Integer> reordered = survivors(LinkConfig.PERFECT.delay(100).reorder(0.05, 3), 1, 500);
        assertThat(reordered).hasSize(500);
        int overtaken = 0;
        for (int i = 1; i < 500; i++) {
            overtaken += reordered.get(i) < reordered.get(i - 1) ? 1 : 0;
        }
        assertThat(overtaken).isBetween(10, 40);
    }

    @Test
    void duplicatesArriveTwice() {
        List<Integer> arrived = survivors(LinkConfig.PERFECT.duplicate(0.1), 1, 1_000);
        assertThat(arrived.size() - 1_000).isBetween(60, 140).isEqualTo((int) count(Fate.DUPLICATED));
        assertThat(arrived).isSorted().contains(0, 999);
    }

    @Test
    void corruptionFlipsExactlyOneBit() {
        SimLink link = link(LinkConfig.PERFECT.corrupt(1));
        for (int i = 0; i < 200; i++) {
            Frame zeros = packet(0, 100);
            link.offer(zeros, 0);
            Frame frame = link.poll(0);
            int bits = 0;
            for (int at = 0; at < 100; at++) {
                bits += Integer.bitCount(Memory.u8(frame.data() + at));
            }
            assertThat(bits).isEqualTo(1);
            frame.release();
        }
    }

    @Test
    void corruptionLeavesTheSendersClonesAlone() {
        Frame mine = packet(0, 100);
        SimLink link = link(LinkConfig.PERFECT.corrupt(1));
        link.offer(pool.cloneOf(mine), 0);
        link.poll(0).release();
        for (int at = 0; at < 100; at++) {
            assertThat(Memory.u8(mine.data() + at)).isZero();
        }
        mine.release();
    }

    @Test
    void packetsAboveTheMtuAreLost() {
        SimLink link = link(LinkConfig.PERFECT.mtu(1000));
        link.offer(packet(1, 1000), 0);
        link.offer(packet(2, 1001), 0);
        assertThat(drain(link)).containsExactly("1@0");
        assertThat(count(Fate.TOO_BIG)).isEqualTo(1);
    }

    @Test
    void aFlapLosesWhatIsOfferedAndWhatTravels() {
        SimLink link = link(LinkConfig.PERFECT.delay(2 * MS).flaps(10 * MS, 5 * MS));
        link.offer(packet(1, 100), 7 * MS);
        link.offer(packet(2, 100), 9 * MS);
        link.offer(packet(3, 100), 12 * MS);
        link.offer(packet(4, 100), 15 * MS);
        assertThat(drain(link)).containsExactly("1@9000", "4@17000");
        assertThat(count(Fate.LINK_DOWN)).isEqualTo(2);
    }

    @Test
    void aCutLosesWhatTravelsUntilItIsMended() {
        SimLink link = link(LinkConfig.PERFECT.delay(2 * MS));
        link.offer(packet(1, 100), 0);
        link.cut(MS);
        link.offer(packet(2, 100), MS);
        link.mend();
        link.offer(packet(3, 100), 2 * MS);
        assertThat(drain(link)).containsExactly("3@4000");
    }

    @Test
    void aMiddleboxForwardsWhatItLikes() {
        SimLink link = link(LinkConfig.PERFECT);
        link.middlebox((frame, now, forward) -> {
            int number = Memory.i32(frame.data());
            if (number == 1) {
                frame.release();
            } else {
                Memory.put32(frame.data(), number + 10);
                forward.transmit(frame);
                forward.transmit(packet(99, 50));
            }
        });
        link.offer(packet(1, 100), 0);
        link.offer(packet(2, 100), 0);
        assertThat(drain(link)).containsExactly("12@0", "99@0");
    }

    @Test
    void fragmentsArriveInOnePiece() {
        ChunkPool chunks = new ChunkPool(arena, 1 << 20, true);
        var chunk = chunks.take(100);
        Memory.put32(chunk.address() + 10, 0xcafe_babe);
        Frame frame = packet(1, 40);
        frame.appendFragment(chunk, 10, 4);
        chunk.release();
        SimLink link = link(LinkConfig.PERFECT);
        link.offer(frame.partialChecksum(20, 16), 0);
        Frame arrived = link.poll(0);
        assertThat(arrived.fragmentCount()).isZero();
        assertThat(arrived.linearLength()).isEqualTo(44);
        assertThat(Memory.i32(arrived.data() + 40)).isEqualTo(0xcafe_babe);
        assertThat(arrived.checksumState()).isEqualTo(Frame.CHECKSUM_UNVERIFIED);
        arrived.release();
        assertThat(chunks.inUse()).isZero();
    }

    @Test
    void closingReleasesWhatTravels() {
        SimLink link = link(LinkConfig.PERFECT.delay(MS).duplicate(0.5));
        for (int i = 0; i < 100; i++) {
            link.offer(packet(i, 100), 0);
        }
        link.close();
        assertThat(link.inFlight()).isZero();
    }

    @Test
    void aPacketCostsNoAllocation() {
        FramePool untracked = new FramePool(arena, 4096, 16, false);
        SimLink link = new SimLink(
                "quiet",
                LinkConfig.PERFECT.rate(1_000_000_000).delay(MS).loss(0.01).reorder(0.01, MS / 5).duplicate(0.01),
                1,
                untracked,
                new LinkCounters(counters, "quiet"));
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long now = run(link, 0, 20_000, untracked);
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        run(link, now, 20_000, untracked);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        link.close();
        assertThat(allocated).isLessThan(20_000);
        assertThat(untracked.inUse()).isZero();
    }

    private static long run(SimLink link, long startNs, int packets, FramePool from) {
        long now = startNs;
        for (int i = 0; i < packets; i++) {
            now += 12_000;
            Frame frame = from.takeMtu();
            frame.resize(1400);
            link.offer(frame, now);
            for (Frame arrived = link.poll(now); arrived != null; arrived = link.poll(now)) {
                arrived.release();
            }
        }
        return now;
    }

    @Test
    void theRateCountsOverheadAndTheQueueShowsItsHighWater() {
        SimLink link = link(LinkConfig.PERFECT.rate(8_000_000).overhead(14).queue(10_000));
        for (int i = 0; i < 3; i++) {
            link.offer(packet(i, 986), 0);
        }
        assertThat(drain(link)).containsExactly("0@1000", "1@2000", "2@3000");
        assertThat(counters.value("Link.test.QUEUE_HIGH_WATER")).isEqualTo(3000);
        assertThat(counters.value("Link.test.OFFERED_BYTES")).isEqualTo(3 * 986);
        assertThat(counters.value("Link.test.ARRIVED_BYTES")).isEqualTo(3 * 986);
    }

    @Test
    void aBoxThatHoldsPacketsBackIsWokenByTheLink() {
        var box = new Middlebox() {
            private Frame held;

            @Override
            public void onFrame(Frame frame, long nowNs, FrameOutput forward) {
                held = frame;
            }

            @Override
            public long nextDeadlineNs() {
                return held == null ? Deadlines.NONE : 5 * MS;
            }

            @Override
            public void onDeadline(long nowNs, FrameOutput forward) {
                forward.transmit(held);
                held = null;
            }

            @Override
            public void close() {
                if (held != null) {
                    held.release();
                }
            }
        };
        SimLink link = link(LinkConfig.PERFECT.delay(MS));
        link.middlebox(box);
        link.offer(packet(1, 100), 0);
        assertThat(link.nextDeadlineNs()).isEqualTo(5 * MS);
        assertThat(link.poll(5 * MS)).isNull();
        assertThat(drain(link)).containsExactly("1@6000");
        link.offer(packet(2, 100), 6 * MS);
        link.close();
    }

    @Test
    void chosenIndicesMayComeInAnyOrder() {
        assertThat(survivors(LinkConfig.PERFECT.lose(3, 0), 1, 5)).containsExactly(1, 2, 4);
    }

    @Test
    void bothTwinsKeepTheLinkHeader() {
        SimLink link = link(LinkConfig.PERFECT.duplicate(1));
        Frame frame = packet(1, 100).linkHeaderLength(14);
        Memory.put32(frame.data() - 4, 0x5566_0800);
        link.offer(frame, 0);
        for (int i = 0; i < 2; i++) {
            Frame twin = link.poll(0);
            assertThat(twin.linkHeaderLength()).isEqualTo(14);
            assertThat(Memory.i32(twin.data() - 4)).isEqualTo(0x5566_0800);
            twin.release();
        }
    }

    /** A TCP segment over IPv4 with so many bytes of payload, numbered by its sequence number. */
    private Frame segment(int number, int payload) {
        Frame frame = packet(0, Ipv4.MIN_HEADER + Tcp.MIN_HEADER + payload);
        long ip = frame.data();
        Memory.put8(ip, 0x45);
        Memory.put16(ip + 2, frame.length());
        Memory.put8(ip + 9, Protocol.TCP);
        Memory.put32(ip + Ipv4.MIN_HEADER + 4, number);
        Memory.put8(ip + Ipv4.MIN_HEADER + 12, 0x50);
        return frame;
    }

    /** Which of {@code count} data segments arrive when so many bare ACKs go before each. */
    private List<Integer> dataSurvivors(int count, int acksBefore) {
        SimLink link = link(LinkConfig.PERFECT.loss(0.3).onlyPayload());
        var arrived = new ArrayList<Integer>();
        int acks = 0;
        for (int i = 1; i <= count; i++) {
            for (int k = 0; k < acksBefore; k++) {
                link.offer(segment(0, 0), i);
            }
            link.offer(segment(i, 100), i);
            for (Frame frame = link.poll(i); frame != null; frame = link.poll(i)) {
                int number = Memory.i32(frame.data() + Ipv4.MIN_HEADER + 4);
                acks += number == 0 ? 1 : 0;
                if (number != 0) {
                    arrived.add(number);
                }
                frame.release();
            }
        }
        assertThat(acks).as("bare ACKs, which are spared").isEqualTo(acksBefore * count);
        assertThat(link.offered()).isEqualTo(count);
        return arrived;
    }

    @Test
    void theSameDataPacketsAreLostHoweverManyAcksGoBetweenThem() {
        List<Integer> alone = dataSurvivors(200, 0);
        assertThat(alone).hasSizeBetween(100, 180);
        assertThat(dataSurvivors(200, 1)).isEqualTo(alone);
        assertThat(dataSurvivors(200, 3)).isEqualTo(alone);
    }
}
