package dev.braid.stack.tcp;

import static dev.braid.stack.tcp.OutOfOrderQueue.Outcome.DUPLICATE;
import static dev.braid.stack.tcp.OutOfOrderQueue.Outcome.NO_ROOM;
import static dev.braid.stack.tcp.OutOfOrderQueue.Outcome.QUEUED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.testing.Allocation;
import dev.braid.testing.Leaks;
import dev.braid.testing.Rfc;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutOfOrderQueueTest {
    private static final int HEADERS = 40;
    /** Sequence numbers in these tests count from just below a wrap. */
    private static final int BASE = -1000;

    private final Arena arena = Arena.ofConfined();
    private final FramePool pool = new FramePool(arena, 8192, 64, false);
    private final OutOfOrderQueue queue = new OutOfOrderQueue(pool, 4 << 20);

    @AfterEach
    void nothingLeaks() {
        queue.clear();
        assertThat(queue.trueSize()).isZero();
        assertThat(queue.bytes()).isZero();
        Leaks.none(pool);
        arena.close();
    }

    @Test
    void framesComeOutWhenTheGapCloses() {
        assertThat(insert(2000, 2500)).isEqualTo(QUEUED);
        assertThat(insert(1000, 1500)).isEqualTo(QUEUED);
        assertThat(queue.next(BASE)).isNull();
        assertThat(queue.end()).isEqualTo(BASE + 2500);
        assertThat(take(1000)).isEqualTo("1000-1500");
        assertThat(queue.next(BASE + 1500)).isNull();
        assertThat(take(2000)).isEqualTo("2000-2500");
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void frameThatRcvNxtHasPartlyPassedIsTrimmed() {
        insert(1000, 2500);
        insert(3000, 4000);
        assertThat(take(1200)).isEqualTo("1200-2500");
        assertThat(queue.next(BASE + 5000)).isNull();
        assertThat(queue.isEmpty()).isTrue();
        assertThat(pool.inUse()).isZero();
    }

    @Test
    void whatIsFurthestIsGivenUpFirst() {
        insert(1000, 2400);
        insert(3000, 4400);
        insert(5000, 6400);
        queue.giveUp(FramePool.MTU_SLOT_BYTES + 1);
        assertThat(blocks(4)).containsExactly("1000-2400");
        assertThat(take(1000)).isEqualTo("1000-2400");
        queue.giveUp(1);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(insert(3000, 4400)).isEqualTo(QUEUED);
    }

    @Test
    void overlapsAreTrimmedAndDuplicatesReleased() {
        insert(1000, 2400);
        insert(4000, 5400);
        assertThat(insert(1500, 2000)).isEqualTo(DUPLICATE);
        assertThat(insert(2000, 3200)).isEqualTo(QUEUED);
        assertThat(insert(3000, 4300)).isEqualTo(QUEUED);
        assertThat(queue.bytes()).isEqualTo(4400);
        assertThat(insertLarge(1000, 5400)).isEqualTo(DUPLICATE);
        assertThat(blocks(4)).containsExactly("1000-5400");
        assertThat(take(1000)).isEqualTo("1000-2400");
        assertThat(take(2400)).isEqualTo("2400-3200");
        assertThat(take(3200)).isEqualTo("3200-4000");
        assertThat(take(4000)).isEqualTo("4000-5400");
    }

    @Test
    void segmentsCoveredByALargerOneGiveWay() {
        insert(1000, 2000);
        insert(3000, 4000);
        insert(5000, 6000);
        assertThat(insertLarge(500, 5500)).isEqualTo(QUEUED);
        assertThat(queue.frames()).isEqualTo(2);
        assertThat(take(500)).isEqualTo("500-5000");
        assertThat(take(5000)).isEqualTo("5000-6000");
    }

    @Test
    @Rfc({"2018", "4"})
    void firstSackBlockHoldsTheLatestSegmentThenTheMostRecentlyReported() {
        insert(1000, 1500);
        insert(3000, 3500);
        insert(5000, 5500);
        insert(7000, 7500);
        insert(9000, 9500);
        assertThat(blocks(4)).containsExactly("9000-9500", "7000-7500", "5000-5500", "3000-3500");
        insert(3500, 4000);
        assertThat(blocks(3)).containsExactly("3000-4000", "9000-9500", "7000-7500");
        assertThat(insert(5000, 5500)).isEqualTo(DUPLICATE);
        assertThat(blocks(2)).containsExactly("5000-5500", "3000-4000");
    }

    @Test
    @Rfc({"2018", "4"})
    void sackBlocksJoinWhenTheHoleBetweenThemCloses() {
        insert(1000, 2000);
        insert(3000, 4000);
        insert(2000, 3000);
        assertThat(blocks(4)).containsExactly("1000-4000");
        take(1000);
        assertThat(blocks(4)).containsExactly("2000-4000");
    }

    @Test
    void segmentSmackCve20185390TinySegmentsPinLittleMemory() {
        for (int i = 0; i < 10_000; i++) {
            insert(10_000 + i, 10_001 + i);
        }
        assertThat(queue.bytes()).isEqualTo(10_000);
        assertThat(queue.trueSize()).isLessThan(16 * FramePool.MTU_SLOT_BYTES);
    }

    @Test
    void segmentSmackCve20185390ScatteredSegmentsStopAtTheLimit() {
        int inserted = 0;
        for (int i = 0; i < 10_000; i++) {
            inserted += insert(100_000 - i * 2, 100_001 - i * 2) == QUEUED ? 1 : 0;
        }
        assertThat(inserted).isEqualTo(10_000);
        assertThat(queue.trueSize()).isLessThanOrEqualTo(4 << 20);
        assertThat(queue.frames()).isEqualTo((4 << 20) / FramePool.MTU_SLOT_BYTES);
        assertThat(queue.end()).as("the far ones made room for the near ones").isLessThan(BASE + 90_000);
    }

    @Test
    void farSegmentFindsNoRoomBehindNearerOnes() {
        queue.limit(2 * FramePool.MTU_SLOT_BYTES);
        insert(1000, 2400);
        insert(3000, 4400);
        assertThat(insert(5000, 6400)).isEqualTo(NO_ROOM);
        assertThat(insert(2500, 2600)).isEqualTo(QUEUED);
        assertThat(blocks(4)).containsExactly("2500-2600", "1000-2400");
        assertThat(insertLarge(900, 25_000)).as("what it covers stays").isEqualTo(NO_ROOM);
        assertThat(blocks(4)).containsExactly("2500-2600", "1000-2400");
        assertThat(queue.bytes()).isEqualTo(1500);
    }

    @Test
    void superSegmentsThatHalfFillTheirSlotsMoveToSmallOnesBeforeAnyIsRefused() {
        queue.limit(3 * FramePool.SUPER_SLOT_BYTES);
        for (int i = 8; i > 0; i--) {
            assertThat(insertLarge(20_000 * i, 20_000 * i + 18_000)).isEqualTo(QUEUED);
            assertThat(queue.trueSize()).isLessThanOrEqualTo(3 * FramePool.SUPER_SLOT_BYTES);
        }
        assertThat(queue.bytes()).isEqualTo(8 * 18_000);
        assertThat(insertLarge(200_000, 260_000)).as("behind them there is no room").isEqualTo(NO_ROOM);
        for (int i = 1; i <= 8; i++) {
            int at = 20_000 * i;
            while (at < 20_000 * i + 18_000) {
                at = Integer.parseInt(take(at).split("-")[1]);
            }
            assertThat(at).isEqualTo(20_000 * i + 18_000);
        }
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void withoutSmallSlotsLargeOnesStay() {
        List<Frame> all = new ArrayList<>();
        for (Frame frame = pool.takeMtu(); frame != null; frame = pool.takeMtu()) {
            all.add(frame);
        }
        queue.limit(2 * FramePool.SUPER_SLOT_BYTES);
        assertThat(insertLarge(20_000, 38_000)).isEqualTo(QUEUED);
        assertThat(insertLarge(40_000, 58_000)).isEqualTo(QUEUED);
        assertThat(queue.trueSize()).isEqualTo(2 * FramePool.SUPER_SLOT_BYTES);
        all.forEach(Frame::release);
        assertThat(insertLarge(60_000, 78_000)).isEqualTo(QUEUED);
        assertThat(queue.bytes()).isEqualTo(3 * 18_000);
    }

    @Test
    void littleDataInALargeSlotMovesToASmallOne() {
        insertLarge(1000, 1100);
        assertThat(queue.trueSize()).isEqualTo(FramePool.MTU_SLOT_BYTES);
    }

    @Test
    void randomArrivalsAgreeWithASetOfBytes() {
        for (int seed = 0; seed < 40; seed++) {
            compareWithModel(new Random(seed), seed % 3 == 0 ? 16_000 : 4 << 20);
        }
    }

    private void compareWithModel(Random random, long limit) {
        queue.limit(limit);
        var held = new boolean[20_000];
        int rcvNxt = 0;
        for (int step = 0; step < 300 && rcvNxt < 15_000; step++) {
            if (random.nextInt(8) > 0) {
                int from = rcvNxt + 1 + random.nextInt(3000);
                int to = from + 1 + random.nextInt(random.nextBoolean() ? 20 : 1400);
                OutOfOrderQueue.Outcome outcome = insert(from, to);
                boolean allThere = true;
                for (int i = from; i < to; i++) {
                    allThere &= held[i];
                    held[i] |= outcome == QUEUED;
                }
                assertThat(outcome == DUPLICATE).isEqualTo(allThere);
                forgetEvicted(held);
            } else {
                rcvNxt = drain(held, rcvNxt + random.nextInt(1500));
            }
            checkAgainst(held, limit);
        }
        queue.clear();
    }

    /** Under a limit the far end may have made room. */
    private void forgetEvicted(boolean[] held) {
        for (int i = queue.isEmpty() ? 0 : queue.end() - BASE; i < held.length; i++) {
            held[i] = false;
        }
    }

    private int drain(boolean[] held, int from) {
        int rcvNxt = from;
        for (int i = 0; i < rcvNxt; i++) {
            held[i] = false;
        }
        for (Frame frame = queue.next(BASE + rcvNxt); frame != null; frame = queue.next(BASE + rcvNxt)) {
            String span = span(frame, rcvNxt);
            for (int end = Integer.parseInt(span.substring(span.indexOf('-') + 1)); rcvNxt < end; rcvNxt++) {
                assertThat(held[rcvNxt]).isTrue();
                held[rcvNxt] = false;
            }
            frame.release();
        }
        assertThat(held[rcvNxt]).as("nothing in order is left behind").isFalse();
        return rcvNxt;
    }

    private void checkAgainst(boolean[] held, long limit) {
        int count = 0;
        for (boolean there : held) {
            count += there ? 1 : 0;
        }
        assertThat(queue.bytes()).isEqualTo(count);
        assertThat(queue.trueSize()).isLessThanOrEqualTo(limit);
        for (String block : blocks(4)) {
            int left = Integer.parseInt(block.substring(0, block.indexOf('-')));
            int right = Integer.parseInt(block.substring(block.indexOf('-') + 1));
            assertThat(held[left - 1]).isFalse();
            assertThat(held[right]).isFalse();
            boolean whole = true;
            for (int i = left; i < right; i++) {
                whole &= held[i];
            }
            assertThat(whole).as(block).isTrue();
        }
    }

    @Test
    void steadyReorderingAllocatesNothing() {
        int[] seq = {0};
        int[] edges = new int[8];
        long bytes = Allocation.inSteadyState(() -> {
            for (int i = 0; i < 2_000; i++) {
                for (int j = 1; j < 20; j++) {
                    queue.insert(bare(1400), seq[0] + j * 1400);
                    queue.sackBlocks(edges, 0, 4);
                }
                seq[0] += 1400;
                for (Frame frame = queue.next(seq[0]); frame != null; frame = queue.next(seq[0])) {
                    seq[0] += 1400;
                    frame.release();
                }
            }
        });
        assertThat(bytes).isZero();
    }

    @Test
    void packingDoesNotAllocate() {
        int[] seq = {BASE};
        queue.limit(4 << 20, 0);
        long bytes = Allocation.inSteadyState(() -> {
            for (int i = 0; i < 500; i++) {
                Frame large = Objects.requireNonNull(pool.takeSuper());
                large.resize(HEADERS + 20_000);
                queue.insert(large.payloadOffset(HEADERS), seq[0] + 1400);
                seq[0] += 1400;
                for (Frame frame = queue.next(seq[0]); frame != null; frame = queue.next(seq[0])) {
                    seq[0] += frame.linearLength() - frame.payloadOffset();
                    frame.release();
                }
            }
        });
        assertThat(bytes).isZero();
    }

    private OutOfOrderQueue.Outcome insert(int from, int to) {
        return queue.insert(filled(bare(to - from), from), BASE + from);
    }

    private OutOfOrderQueue.Outcome insertLarge(int from, int to) {
        Frame frame = Objects.requireNonNull(pool.takeSuper());
        frame.resize(HEADERS + to - from);
        return queue.insert(filled(frame.payloadOffset(HEADERS), from), BASE + from);
    }

    private Frame bare(int length) {
        Frame frame = Objects.requireNonNull(pool.takeMtu());
        frame.resize(HEADERS + length);
        return frame.payloadOffset(HEADERS);
    }

    /** Each byte tells its place. */
    private static Frame filled(Frame frame, int from) {
        for (int i = HEADERS; i < frame.linearLength(); i++) {
            Memory.put8(frame.data() + i, ((from + i - HEADERS) * 31) >> 3);
        }
        return frame;
    }

    private String take(int rcvNxt) {
        Frame frame = Objects.requireNonNull(queue.next(BASE + rcvNxt));
        String span = span(frame, rcvNxt);
        frame.release();
        return span;
    }

    private static String span(Frame frame, int from) {
        int length = frame.linearLength() - frame.payloadOffset();
        int wrong = 0;
        for (int i = 0; i < length; i++) {
            int expected = (((from + i) * 31) >> 3) & 0xff;
            wrong += Memory.u8(frame.data() + frame.payloadOffset() + i) == expected ? 0 : 1;
        }
        assertThat(wrong).as("wrong bytes from " + from).isZero();
        return from + "-" + (from + length);
    }

    private List<String> blocks(int max) {
        int[] edges = new int[2 * max];
        int count = queue.sackBlocks(edges, 0, max);
        var blocks = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            blocks.add((edges[2 * i] - BASE) + "-" + (edges[2 * i + 1] - BASE));
        }
        return blocks;
    }
}
