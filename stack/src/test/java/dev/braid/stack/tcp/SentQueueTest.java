package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.testing.Allocation;
import dev.braid.testing.Rfc;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SentQueueTest {
    private static final int MSS = 1000;

    private final SentQueue queue = new SentQueue(1000);

    private void syn() {
        queue.append(0, true, false, MSS, 0);
        queue.ack(0);
    }

    private void send(int bytes, long nowNs) {
        queue.append(bytes, false, false, MSS, nowNs);
    }

    @Test
    void synDataAndFinOccupySequenceSpace() {
        queue.append(0, true, false, MSS, 1);
        assertThat(queue.bytes()).isEqualTo(1);
        assertThat(queue.ack(0)).isEqualTo(1);
        queue.append(500, false, true, MSS, 2);
        assertThat(queue.end()).isEqualTo(501);
        assertThat(queue.ack(500)).isEqualTo(500);
        assertThat(queue.isEmpty()).isFalse();
        SentSegment fin = Objects.requireNonNull(queue.oldest());
        assertThat(fin.fin()).isTrue();
        assertThat(fin.dataLength()).isZero();
        assertThat(queue.ack(501)).isEqualTo(1);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.records()).isZero();
    }

    @Test
    void synWithDataIsAcknowledgedInParts() {
        queue.append(300, true, false, MSS, 1);
        assertThat(queue.end()).isEqualTo(300);
        queue.ack(0);
        assertThat(queue.record(0).syn()).isFalse();
        assertThat(queue.record(0).dataStart()).isZero();
        queue.ack(100);
        assertThat(queue.record(0).dataStart()).isEqualTo(100);
        assertThat(queue.record(0).dataLength()).isEqualTo(200);
    }

    @Test
    void acknowledgmentMayEndAtAnyByteOfASuperFrame() {
        syn();
        send(64_000, 5);
        assertThat(queue.ack(1)).isEqualTo(1);
        assertThat(queue.ack(33_333)).isEqualTo(33_332);
        assertThat(queue.records()).isEqualTo(1);
        assertThat(queue.bytes()).isEqualTo(64_000 - 33_333);
        assertThat(queue.ack(20)).isZero();
        assertThatThrownBy(() -> queue.ack(64_001)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sackDividesARecordOnlyBetweenPackets() {
        syn();
        send(10_000, 5);
        assertThat(queue.markSacked(2_500, 7_999)).isEqualTo(4_000);
        assertThat(queue.records()).isEqualTo(3);
        assertThat(queue.record(1).toString()).isEqualTo("[3000,7000) sacked");
        assertThat(queue.markSacked(100, 900)).isZero();
        assertThat(queue.markSacked(9_500, 10_000)).isZero();
        assertThat(queue.markSacked(9_000, 10_000)).isEqualTo(1000);
        assertThat(queue.pipe()).isEqualTo(5_000);
    }

    @Test
    void packetBoundariesSurviveAPartialAcknowledgment() {
        syn();
        send(10_000, 5);
        queue.ack(1_500);
        assertThat(queue.markSacked(2_000, 4_000)).isEqualTo(2_000);
        assertThat(queue.record(1).toString()).isEqualTo("[2000,4000) sacked");
    }

    @Test
    void growingSackBlockStaysOneRecord() {
        syn();
        for (int i = 0; i < 100; i++) {
            send(MSS, i);
        }
        for (int i = 2; i <= 100; i++) {
            assertThat(queue.markSacked(1000, i * 1000L)).isEqualTo(1000);
            assertThat(queue.markSacked(1000, i * 1000L)).isZero();
        }
        assertThat(queue.records()).isEqualTo(2);
        assertThat(queue.sackedBytes()).isEqualTo(99_000);
    }

    @Test
    void blocksOutsideOfWhatIsInFlightDoNothing() {
        syn();
        send(10_000, 5);
        queue.ack(2_000);
        assertThat(queue.markSacked(0, 2_000)).as("below SND.UNA: a D-SACK").isZero();
        assertThat(queue.markSacked(9_000, 11_000)).as("above SND.NXT").isZero();
        assertThat(queue.markSacked(8_000, 3_000)).as("reversed").isZero();
        assertThat(queue.markSacked(5_000, 5_000)).as("empty").isZero();
        assertThat(queue.records()).isEqualTo(1);
        assertThat(queue.markSacked(1_000, 3_000)).as("an old one that reaches over SND.UNA").isEqualTo(1_000);
    }

    @Test
    void sackPanicCve201911477HostileBlocksCannotOverflowARecord() {
        syn();
        for (int i = 0; i < 40; i++) {
            queue.append(65_000, false, false, 8, i);
        }
        for (int i = 0; i < 40; i++) {
            queue.markSacked(i * 65_000L + 8, (i + 1) * 65_000L);
        }
        for (int i = 0; i < 40; i++) {
            queue.markSacked(i * 65_000L, i * 65_000L + 8);
        }
        assertThat(queue.records()).isEqualTo(1);
        assertThat(queue.sackedBytes()).isEqualTo(queue.bytes()).isEqualTo(2_600_000);
        assertThat(queue.pipe()).isZero();
        queue.forgetSacks();
        queue.markAllLost();
        assertThat(queue.lostBytes()).isEqualTo(2_600_000);
    }

    @Test
    void sackSlownessCve201911478SliversStopAtTheRecordLimit() {
        syn();
        var small = new SentQueue(64);
        small.append(0, true, false, MSS, 0);
        small.ack(0);
        small.append(65_000, false, false, 8, 1);
        for (long at = 8; at < 65_000; at += 16) {
            small.markSacked(at, at + 8);
        }
        assertThat(small.records()).isLessThanOrEqualTo(64);
        assertThat(small.isFull() || small.records() == 63).isTrue();
        assertThat(small.ack(65_000)).isEqualTo(65_000);
        assertThat(small.sackedBytes()).isZero();
    }

    @Test
    void excessResourcesCve201911479TinySegmentsAreHeldBackByTheRecordLimit() {
        syn();
        while (!queue.isFull()) {
            queue.append(8, false, false, 8, 1);
        }
        assertThat(queue.records()).isEqualTo(1000);
        queue.ack(8);
        assertThat(queue.isFull()).isFalse();
    }

    @Test
    @Rfc({"6675", "4"})
    void segmentIsLostWithThreeSackedSequencesAboveIt() {
        syn();
        for (int i = 0; i < 10; i++) {
            send(MSS, i);
        }
        queue.markSacked(1000, 2000);
        assertThat(LossMarking.bySack(queue, 3, MSS)).isZero();
        queue.markSacked(3000, 4000);
        assertThat(LossMarking.bySack(queue, 3, MSS)).isZero();
        queue.markSacked(5000, 6000);
        assertThat(LossMarking.bySack(queue, 3, MSS)).as("0-1000 has three above, 2000-3000 two").isEqualTo(1000);
        assertThat(LossMarking.bySack(queue, 3, MSS)).isZero();
        queue.markSacked(6000, 8000);
        assertThat(LossMarking.bySack(queue, 3, MSS)).as("and more than two segments' bytes").isEqualTo(2000);
        assertThat(queue.lostBytes()).isEqualTo(3000);
        assertThat(queue.pipe()).isEqualTo(10_000 - 5_000 - 3_000);
    }

    @Test
    void lostSegmentsComeInOrderAndReturnToThePipeWhenSentAgain() {
        syn();
        for (int i = 0; i < 8; i++) {
            send(MSS, i);
        }
        queue.markSacked(1000, 2000);
        queue.markSacked(3000, 8000);
        LossMarking.bySack(queue, 3, MSS);
        SentSegment first = Objects.requireNonNull(queue.nextLost());
        assertThat(first.start()).isZero();
        queue.onRetransmitted(first, MSS, 100);
        assertThat(queue.pipe()).isEqualTo(1000);
        SentSegment second = Objects.requireNonNull(queue.nextLost());
        assertThat(second.start()).isEqualTo(2000);
        queue.onRetransmitted(second, MSS, 101);
        assertThat(queue.nextLost()).isNull();
        assertThat(LossMarking.bySack(queue, 3, MSS)).as("sent again: not judged by SACK again").isZero();
        assertThat(queue.markAllLost()).as("but by the timer").isEqualTo(2000);
    }

    @Test
    @Rfc({"6582", "3.2"})
    void firstPacketOfASuperFrameIsLostAlone() {
        syn();
        send(64_000, 1);
        assertThat(queue.markOldestLost(MSS)).isEqualTo(MSS);
        assertThat(queue.markOldestLost(MSS)).isZero();
        SentSegment lost = Objects.requireNonNull(queue.nextLost());
        assertThat(lost.length()).isEqualTo(MSS);
        queue.onRetransmitted(lost, MSS, 2);
        queue.ack(MSS);
        assertThat(queue.markOldestLost(MSS)).isEqualTo(MSS);
        assertThat(Objects.requireNonNull(queue.nextLost()).start()).isEqualTo(MSS);
    }

    @Test
    @Rfc({"6298", "3"})
    void whatARepairSetFreeGivesNoRttSample() {
        syn();
        send(MSS, 10);
        send(MSS, 20);
        queue.beginAck();
        queue.ack(0);
        queue.markAllLost();
        queue.onRetransmitted(Objects.requireNonNull(queue.nextLost()), MSS, 116_000);
        queue.beginAck();
        queue.ack(2000);
        assertThat(queue.news.rttSentNs()).as("sent once, at 20, but acknowledged with the repair")
                .isEqualTo(AckNews.NO_SAMPLE);
    }

    @Test
    @Rfc({"6298", "3"})
    void retransmittedSegmentsGiveNoRttSample() {
        syn();
        send(MSS, 10);
        send(MSS, 20);
        send(MSS, 30);
        queue.beginAck();
        queue.ack(1000);
        assertThat(queue.news.rttSentNs()).isEqualTo(10);
        queue.markAllLost();
        queue.onRetransmitted(Objects.requireNonNull(queue.nextLost()), MSS, 40);
        queue.beginAck();
        queue.ack(2000);
        assertThat(queue.news.rttSentNs()).isEqualTo(AckNews.NO_SAMPLE);
        assertThat(queue.news.deliveredBytes()).isEqualTo(1000);
        queue.beginAck();
        queue.ack(3000);
        assertThat(queue.news.rttSentNs()).as("lost and not sent again after all").isEqualTo(30);
    }

    @Test
    void deliveryIsCountedOnceWhetherBySackOrByAck() {
        syn();
        send(5000, 10);
        queue.beginAck();
        queue.markSacked(2000, 4000);
        assertThat(queue.news.deliveredBytes()).isEqualTo(2000);
        queue.beginAck();
        assertThat(queue.ack(5000)).isEqualTo(5000);
        assertThat(queue.news.deliveredBytes()).isEqualTo(3000);
    }

    @Test
    @Rfc({"2018", "8"})
    void timeoutForgetsWhatAReceiverMayHaveReneged() {
        syn();
        send(5000, 10);
        queue.markSacked(1000, 5000);
        queue.forgetSacks();
        assertThat(queue.markAllLost()).isEqualTo(5000);
        long resent = 0;
        for (SentSegment lost = queue.nextLost(); lost != null; lost = queue.nextLost()) {
            queue.truncate(lost, 700);
            resent += lost.length();
            queue.onRetransmitted(lost, 700, 20);
        }
        assertThat(resent).isEqualTo(5000);
        assertThat(queue.pipe()).isEqualTo(5000);
    }

    @Test
    void randomTrafficAgreesWithAModelOfSingleBytes() {
        for (int seed = 0; seed < 25; seed++) {
            new Model(new Random(seed), new SentQueue(seed % 4 == 0 ? 40 : 1000)).run();
        }
    }

    /** Each sequence number by itself: in flight, SACKed, or lost. */
    private static final class Model {
        private static final byte SACKED = 1;
        private static final byte LOST = 2;

        private final Random random;
        private final SentQueue queue;
        private final byte[] state = new byte[400_000];
        private int start;
        private int end;

        Model(Random random, SentQueue queue) {
            this.random = random;
            this.queue = queue;
            queue.append(0, true, false, MSS, 0);
            queue.ack(0);
        }

        void run() {
            for (int step = 0; step < 400; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> send(step);
                    case 3 -> ack();
                    case 4, 5 -> sack();
                    case 6 -> lose();
                    default -> resend(step);
                }
                check();
            }
        }

        private void send(int now) {
            if (queue.isFull() || end - start > 30_000 || end > 390_000) {
                return;
            }
            int length = 1 + random.nextInt(random.nextBoolean() ? 8_000 : 100);
            queue.append(length, false, false, 100 + random.nextInt(1400), now);
            end += length;
        }

        private void ack() {
            int to = start + random.nextInt(1 + (end - start) / 2);
            int newly = 0;
            for (int i = start; i < to; i++) {
                newly += state[i] == SACKED ? 0 : 1;
            }
            queue.beginAck();
            assertThat(queue.ack(to)).isEqualTo(to - start);
            assertThat(queue.news.deliveredBytes()).isEqualTo(newly);
            start = to;
        }

        private void sack() {
            int from = start + random.nextInt(end - start + 1) - 50;
            int to = from + random.nextInt(6000);
            int records = queue.records();
            int newly = queue.markSacked(from, to);
            assertThat(queue.records()).isLessThanOrEqualTo(records + 2);
            int seen = 0;
            int outside = 0;
            for (int r = 0; r < queue.records(); r++) {
                SentSegment record = queue.record(r);
                for (long i = record.start(); record.sacked() && i < record.end(); i++) {
                    if (state[(int) i] != SACKED) {
                        outside += i < from || i >= to ? 1 : 0;
                        seen++;
                        state[(int) i] = SACKED;
                    }
                }
            }
            assertThat(newly).isEqualTo(seen);
            assertThat(outside).as("SACKed bytes that the block did not name").isZero();
        }

        private void lose() {
            long newly = switch (random.nextInt(4)) {
                case 0 -> queue.markAllLost();
                case 1 -> queue.markOldestLost(500);
                default -> LossMarking.bySack(queue, 3, MSS);
            };
            long seen = 0;
            int resurrected = 0;
            for (int r = 0; r < queue.records(); r++) {
                SentSegment record = queue.record(r);
                for (long i = record.start(); record.lost() && i < record.end(); i++) {
                    resurrected += state[(int) i] == SACKED ? 1 : 0;
                    seen += state[(int) i] == LOST ? 0 : 1;
                    state[(int) i] = LOST;
                }
            }
            assertThat(resurrected).as("SACKed bytes that became lost").isZero();
            assertThat(newly).isEqualTo(seen);
        }

        private void resend(int now) {
            SentSegment lost = queue.nextLost();
            int first = start;
            while (first < end && state[first] != LOST) {
                first++;
            }
            if (first == end) {
                assertThat(lost).isNull();
                return;
            }
            assertThat(Objects.requireNonNull(lost).start()).isEqualTo(first);
            queue.truncate(lost, 1 + random.nextInt(2000));
            for (long i = lost.start(); i < lost.end(); i++) {
                state[(int) i] = 0;
            }
            queue.onRetransmitted(lost, 100 + random.nextInt(1400), now);
        }

        private void check() {
            int sacked = 0;
            int lost = 0;
            for (int i = start; i < end; i++) {
                sacked += state[i] == SACKED ? 1 : 0;
                lost += state[i] == LOST ? 1 : 0;
            }
            assertThat(queue.start()).isEqualTo(start);
            assertThat(queue.end()).isEqualTo(end);
            assertThat(queue.sackedBytes()).isEqualTo(sacked);
            assertThat(queue.lostBytes()).isEqualTo(lost);
            assertThat(queue.pipe()).isEqualTo(end - start - sacked - lost);
            long at = start;
            for (int r = 0; r < queue.records(); r++) {
                assertThat(queue.record(r).start()).isEqualTo(at);
                assertThat(queue.record(r).length()).isPositive();
                at = queue.record(r).end();
            }
            assertThat(at).isEqualTo(end);
        }
    }

    @Test
    void steadyTrafficWithLossAllocatesNothing() {
        syn();
        long[] now = {0};
        long bytes = Allocation.inSteadyState(() -> {
            for (int i = 0; i < 5_000; i++) {
                long base = queue.end();
                for (int j = 0; j < 10; j++) {
                    send(6_000, now[0]++);
                }
                queue.beginAck();
                queue.markSacked(base + 12_000, base + 15_000);
                queue.markSacked(base + 20_000, base + 60_000);
                LossMarking.bySack(queue, 3, MSS);
                for (SentSegment lost = queue.nextLost(); lost != null; lost = queue.nextLost()) {
                    queue.truncate(lost, 3_000);
                    queue.onRetransmitted(lost, MSS, now[0]++);
                }
                queue.ack(base + 60_000);
            }
        });
        assertThat(bytes).isZero();
    }
}
