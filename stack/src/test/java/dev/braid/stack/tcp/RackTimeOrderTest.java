package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RACK over the queue's two orders of time, and beside a model that looks at every record. */
class RackTimeOrderTest {
    private static final int MSS = 1_000;
    private static final int MANY = 100_000;

    private final SentQueue queue = new SentQueue(MANY);
    private final Rack rack = new Rack();

    private void send(int packets, long nowNs) {
        queue.append(packets * MSS, false, false, MSS, nowNs);
    }

    private void syn() {
        queue.append(0, true, false, MSS, 0);
        queue.ack(0);
    }

    private void sack(long from, long to, long nowNs) {
        queue.beginAck();
        queue.markSacked(from, to);
        advance(nowNs);
    }

    private void advance(long nowNs) {
        AckNews news = queue.news;
        if (news.originalSentNs() != AckNews.NO_SAMPLE) {
            rack.onDelivered(news.originalSentNs(), news.originalEnd(), nowNs - news.originalSentNs());
        }
        if (news.certainRepairSentNs() != AckNews.NO_SAMPLE) {
            rack.onDelivered(news.certainRepairSentNs(), news.certainRepairEnd(), nowNs - news.certainRepairSentNs());
        }
    }

    @Test
    @Rfc({"8985", "6.2"})
    void whatWasSentBeforeAndLongEnoughAgoIsLost() {
        syn();
        send(1, 10);
        send(1, 20);
        send(1, 30);
        sack(1_000, 2_000, 120);
        assertThat(LossMarking.byTime(queue, rack, 0, 120)).isEqualTo(Deadlines.NONE);
        assertThat(queue.lostBytes()).as("what was sent at 10").isEqualTo(1_000);
        assertThat(queue.record(0).lost()).isTrue();
        assertThat(queue.record(2).lost()).as("sent later than what arrived").isFalse();
    }

    @Test
    @Rfc({"8985", "6.2"})
    void theWindowDelaysTheVerdictAndSaysUntilWhen() {
        syn();
        send(1, 10);
        send(1, 20);
        sack(1_000, 2_000, 120);
        assertThat(LossMarking.byTime(queue, rack, 25, 120)).isEqualTo(10 + 100 + 25);
        assertThat(queue.lostBytes()).isZero();
        assertThat(LossMarking.byTime(queue, rack, 25, 135)).isEqualTo(Deadlines.NONE);
        assertThat(queue.lostBytes()).isEqualTo(1_000);
    }

    @Test
    @Rfc({"8985", "6.2"})
    void packetsOfOneSuperFrameAreOrderedByPosition() {
        syn();
        send(10, 10);
        sack(4_000, 5_000, 110);
        LossMarking.byTime(queue, rack, 0, 110);
        assertThat(queue.lostBytes()).as("those before the one that arrived").isEqualTo(4_000);
        assertThat(queue.record(2).lost()).isFalse();
    }

    @Test
    @Rfc({"8985", "6.2"})
    void aRepairIsJudgedByWhenItWasSent() {
        syn();
        send(1, 10);
        send(1, 20);
        sack(1_000, 2_000, 120);
        LossMarking.byTime(queue, rack, 0, 120);
        queue.onRetransmitted(queue.record(0), MSS, 130);
        send(1, 140);
        LossMarking.byTime(queue, rack, 0, 200);
        assertThat(queue.lostBytes()).as("nothing sent after it has arrived").isZero();
        sack(2_000, 3_000, 240);
        LossMarking.byTime(queue, rack, 0, 240);
        assertThat(queue.lostBytes()).as("the repair is lost").isEqualTo(1_000);
        assertThat(queue.takeLostAgain()).isEqualTo(1);
    }

    @Test
    @Rfc({"8985", "6.2"})
    void aRepairAcknowledgedTooSoonMovesNothing() {
        syn();
        send(1, 10);
        send(1, 20);
        queue.markAllLost();
        queue.onRetransmitted(queue.record(0), MSS, 100);
        queue.beginAck();
        queue.news.repairs(95, 150);
        queue.ack(1_000);
        assertThat(queue.news.repairSentNs()).isEqualTo(100);
        assertThat(queue.news.certainRepairSentNs()).isEqualTo(AckNews.NO_SAMPLE);
    }

    @Test
    @Rfc({"8985", "6.2"})
    void lateOriginalsAreReorderingAndLateRepairsAreNot() {
        syn();
        send(4, 10);
        sack(2_000, 3_000, 110);
        assertThat(queue.news.reorderedFrom()).isEqualTo(AckNews.NOT_REORDERED);
        sack(1_000, 2_000, 111);
        assertThat(queue.news.reorderedFrom()).isEqualTo(1_000);
        queue.markOldestLost(MSS);
        queue.onRetransmitted(queue.record(0), MSS, 112);
        queue.beginAck();
        queue.ack(3_000);
        assertThat(queue.news.reorderedFrom()).isEqualTo(AckNews.NOT_REORDERED);
    }

    @Test
    void whatWasSentAgainJustBeforeItCameWasLate() {
        syn();
        send(3, 10);
        sack(1_000, 3_000, 110);
        queue.markOldestLost(MSS);
        queue.onRetransmitted(queue.record(0), MSS, 112);
        queue.beginAck();
        queue.news.repairs(30, 80);
        queue.ack(3_000);
        assertThat(queue.news.reorderedFrom()).isZero();
    }

    /** The first repair may be what arrived just after the second had left. */
    @Test
    void whatWasSentAgainTwiceSaysNothingOfItsOrder() {
        syn();
        send(3, 10);
        sack(1_000, 3_000, 110);
        queue.markOldestLost(MSS);
        queue.onRetransmitted(queue.record(0), MSS, 112);
        queue.onRetransmitted(queue.record(0), MSS, 210);
        queue.beginAck();
        queue.news.repairs(112, 162);
        queue.ack(3_000);
        assertThat(queue.news.reorderedFrom()).isEqualTo(AckNews.NOT_REORDERED);
    }

    @Test
    @Rfc({"8985", "6.2"})
    void theWindowGrowsOncePerRoundWithDsackAndShrinksAfterSixteenRecoveries() {
        rack.onReordering();
        assertThat(rack.reorderingWindowNs(true, 100, 1_000)).isEqualTo(25);
        rack.onDsack(0, 10_000);
        rack.onDsack(5_000, 12_000);
        assertThat(rack.reorderingWindowNs(true, 100, 1_000)).isEqualTo(50);
        rack.onDsack(10_000, 20_000);
        assertThat(rack.reorderingWindowNs(true, 100, 1_000)).isEqualTo(75);
        assertThat(rack.reorderingWindowNs(true, 100, 60)).as("never more than SRTT").isEqualTo(60);
        for (int i = 0; i < 15; i++) {
            rack.onRecoveryEnd();
        }
        assertThat(rack.reorderingWindowNs(true, 100, 1_000)).isEqualTo(75);
        rack.onRecoveryEnd();
        assertThat(rack.reorderingWindowNs(true, 100, 1_000)).isEqualTo(25);
    }

    @Test
    void hastyMeansNoWindowUnlessReorderingWasSeen() {
        assertThat(rack.reorderingWindowNs(true, 100, 1_000)).isZero();
        assertThat(rack.reorderingWindowNs(false, 100, 1_000)).isEqualTo(25);
        rack.onReordering();
        assertThat(rack.reorderingWindowNs(true, 100, 1_000)).isEqualTo(25);
    }

    @Test
    @Rfc({"8985", "6.3"})
    void aTimeoutMarksTheFirstAndWhatIsOverdue() {
        syn();
        send(1, 10);
        send(1, 20);
        send(1, 200);
        LossMarking.onTimeout(queue, 100, 250);
        assertThat(queue.record(0).lost()).isTrue();
        assertThat(queue.record(1).lost()).isTrue();
        assertThat(queue.record(2).lost()).as("sent 50 ago, a round trip takes 100").isFalse();
    }

    @Test
    void anUndoPutsRepairsBackInTheirPlaceInTime() {
        syn();
        send(1, 10);
        send(1, 11);
        send(1, 12);
        queue.markAllLost();
        queue.onRetransmitted(queue.record(0), MSS, 100);
        queue.onRetransmitted(queue.record(1), MSS, 110);
        queue.markOldestLost(MSS);
        queue.onRetransmitted(queue.record(2), MSS, 120);
        queue.forgetLosses();
        List<Long> order = new ArrayList<>();
        for (SentSegment record = queue.resent().first(); record != null; record = record.laterResent) {
            order.add(record.sentNs());
        }
        assertThat(order).containsExactly(100L, 110L, 120L);
    }

    /** Linear in what happens: ten thousand records in flight, each SACK block new, and no quadratic time. */
    @Test
    void anAckCostsWhatIsNewNotTheQueuesLength() {
        syn();
        for (int i = 0; i < 40_000; i++) {
            send(1, i);
        }
        rack.onReordering();
        // Every other packet is SACKed one after another while the window holds all verdicts back.
        for (int i = 1; i < 40_000; i += 2) {
            sack(i * 1_000L, i * 1_000L + 1_000, 50_000);
            LossMarking.byTime(queue, rack, 1_000_000, 50_000);
        }
        assertThat(queue.lostBytes()).isZero();
        LossMarking.byTime(queue, rack, 0, 100_000);
        assertThat(queue.lostBytes()).isEqualTo(20_000_000);
    }

    @Test
    void randomTrafficAgreesWithAModelThatLooksAtEveryRecord() {
        for (int seed = 0; seed < 300; seed++) {
            new Model(seed).run();
        }
    }

    /** The same rules, record by record, without lists or remembered positions. */
    private static final class Model {
        private final Random random;
        private final SentQueue queue = new SentQueue(MANY);
        private final Rack rack = new Rack();
        private long nowNs = 1_000;

        Model(int seed) {
            random = new Random(seed);
            queue.append(0, true, false, MSS, 0);
            queue.ack(0);
        }

        void run() {
            for (int step = 0; step < 200; step++) {
                // What is sent again at one moment is listed in the order of that, which may not be that of positions.
                nowNs += 1 + random.nextInt(40);
                switch (random.nextInt(6)) {
                    case 0, 1 -> queue.append((1 + random.nextInt(8)) * MSS, false, false, MSS, nowNs);
                    case 2 -> repair();
                    default -> acknowledge();
                }
                if (random.nextInt(20) == 0) {
                    queue.forgetLosses();
                }
                if (random.nextInt(40) == 0) {
                    queue.forgetSacks();
                }
                judge(random.nextInt(3) * 30);
            }
        }

        private void repair() {
            SentSegment lost = queue.nextLost();
            if (lost != null) {
                queue.truncate(lost, (1 + random.nextInt(4)) * MSS);
                queue.onRetransmitted(lost, MSS, nowNs);
            }
        }

        private void acknowledge() {
            if (queue.isEmpty()) {
                return;
            }
            queue.beginAck();
            long length = queue.end() - queue.start();
            if (random.nextInt(4) == 0) {
                queue.ack(queue.start() + random.nextInt((int) length / 2 + 1));
            } else {
                long from = queue.start() + random.nextInt((int) length);
                queue.markSacked(from, Math.min(queue.end(), from + random.nextInt(5_000)));
            }
            AckNews news = queue.news;
            if (news.originalSentNs() != AckNews.NO_SAMPLE) {
                rack.onDelivered(news.originalSentNs(), news.originalEnd(), nowNs - news.originalSentNs());
            }
            if (news.repairSentNs() != AckNews.NO_SAMPLE) {
                rack.onDelivered(news.certainRepairSentNs(), news.certainRepairEnd(),
                        nowNs - news.certainRepairSentNs());
            }
        }

        private void judge(long windowNs) {
            List<Long> expected = new ArrayList<>();
            long latest = Long.MIN_VALUE;
            for (int i = 0; i < queue.records(); i++) {
                SentSegment record = queue.record(i);
                boolean before = !record.sacked() && !record.lost() && rack.sentAfter(record.sentNs(), record.end());
                boolean overdue = record.sentNs() + rack.rttNs() + windowNs <= nowNs;
                if (record.lost() || (before && overdue)) {
                    expected.add(record.start());
                } else if (before) {
                    latest = Math.max(latest, record.sentNs() + rack.rttNs() + windowNs);
                }
            }
            long deadline = LossMarking.byTime(queue, rack, windowNs, nowNs);
            List<Long> lost = new ArrayList<>();
            for (int i = 0; i < queue.records(); i++) {
                if (queue.record(i).lost()) {
                    lost.add(queue.record(i).start());
                }
            }
            assertThat(lost).isEqualTo(expected);
            if (latest == Long.MIN_VALUE) {
                assertThat(deadline).isEqualTo(Deadlines.NONE);
            } else {
                assertThat(deadline).isBetween(latest, rack.sentNs() + rack.rttNs() + windowNs);
            }
        }
    }
}
