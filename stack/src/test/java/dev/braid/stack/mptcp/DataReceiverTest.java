package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.ReceiverRig.IDSN;
import static dev.braid.stack.mptcp.ReceiverRig.MS;
import static dev.braid.stack.mptcp.ReceiverRig.NO_CHECKSUM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.stack.tcp.UpperLayer.Verdict;
import dev.braid.testing.Allocations;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** What subflows bring is one stream: order, duplicates, window, end, memory. */
class DataReceiverTest {
    @Test
    @Rfc({"8684", "3.3"})
    void bytesOfAllSubflowsAreOneStreamInOrder() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            Subflow lte = rig.subflow();
            rig.arrives(lte, 0, 1000, 500);
            assertThat(rig.receiver.dataAck()).as("nothing yet").isEqualTo(IDSN + 1);
            rig.arrives(lte, 500, 1500, 700);
            rig.arrives(wifi, 0, 0, 400);
            assertThat(rig.receiver.dataAck()).isEqualTo(IDSN + 401);
            rig.arrives(wifi, 400, 400, 600);
            assertThat(rig.receiver.dataAck()).isEqualTo(IDSN + 2201);
            assertThat(rig.readAll()).isEqualTo(2200);
            assertThat(rig.count("OFOQueue")).isEqualTo(2);
        }
    }

    /** As Linux does: what waits at the tail has others before it, and what is merged made one piece of two. */
    @Test
    void whatWaitsIsCountedByWhereItCame() {
        try (var rig = new ReceiverRig()) {
            Subflow lte = rig.subflow();
            rig.arrives(lte, 0, 2000, 500);
            assertWaits(rig, 1, 0, 0); // the only one
            rig.arrives(lte, 500, 4000, 500);
            assertWaits(rig, 2, 1, 0); // behind it
            rig.arrives(lte, 1000, 3000, 500);
            assertWaits(rig, 3, 1, 0); // between
            rig.arrives(lte, 1500, 4500, 100);
            assertWaits(rig, 4, 2, 1); // behind all, and one piece with the last
            rig.arrives(lte, 1600, 2500, 1500);
            assertWaits(rig, 5, 2, 2); // between, and all of another
            rig.arrives(lte, 3100, 4000, 500);
            assertWaits(rig, 5, 2, 2); // there already
            assertThat(rig.count("DuplicateData")).isEqualTo(1);
            rig.arrives(lte, 3600, 0, 2000);
            assertThat(rig.readAll()).isEqualTo(4600);
        }
    }

    private static void assertWaits(ReceiverRig rig, int queued, int atTheTail, int merged) {
        assertThat(rig.count("OFOQueue")).as("OFOQueue").isEqualTo(queued);
        assertThat(rig.count("OFOQueueTail")).as("OFOQueueTail").isEqualTo(atTheTail);
        assertThat(rig.count("OFOMerge")).as("OFOMerge").isEqualTo(merged);
    }

    @Test
    @Rfc({"8684", "3.3.1"})
    void aMappingIsGoodForLaterSegmentsWithoutOne() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            rig.arrives(wifi, 0, rig.frame(0, 100), 0, 1, 3000);
            rig.bare(wifi, 100, 100, 1400);
            rig.bare(wifi, 1500, 1500, 1500);
            assertThat(rig.readAll()).isEqualTo(3000);
            assertThat(rig.connection.fallenBack).isFalse();
        }
    }

    @Test
    void duplicatesAreIgnoredWhicheverSubflowBringsThem() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            Subflow lte = rig.subflow();
            rig.arrives(wifi, 0, 0, 1000);
            rig.arrives(lte, 0, 0, 1000);
            rig.arrives(lte, 1000, 500, 1000);
            rig.arrives(wifi, 1000, 2000, 500);
            rig.arrives(lte, 2000, 2000, 500);
            rig.arrives(lte, 2500, 1500, 500);
            assertThat(rig.readAll()).isEqualTo(2500);
            assertThat(rig.count("DuplicateData")).isEqualTo(3);
        }
    }

    @Test
    @Rfc({"8684", "3.3.1"})
    void dataSequenceNumbersOf32BitsAreExtendedOverTheWrap() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            Subflow lte = rig.subflow();
            // The low half wraps behind 255 bytes: the second half's mapping has a low number, the first one's a high one.
            rig.arrives(lte, 0, rig.frame(300, 100), rig.dss(300, false, 1, 100, NO_CHECKSUM, false));
            assertThat(rig.receiver.wideDataAck()).isFalse();
            rig.arrives(wifi, 0, rig.frame(0, 300), rig.dss(0, false, 1, 300, NO_CHECKSUM, false));
            assertThat(rig.readAll()).isEqualTo(400);
            rig.arrives(lte, 100, rig.frame(100, 100), rig.dss(100, false, 101, 100, NO_CHECKSUM, false));
            assertThat(rig.receiver.dataAck()).as("an old number is old").isEqualTo(IDSN + 401);
            assertThat(rig.count("DuplicateData")).isEqualTo(1);
            rig.arrives(lte, 200, rig.frame(400, 10), rig.dss(400, true, 201, 10, NO_CHECKSUM, false));
            assertThat(rig.receiver.wideDataAck()).as("64 bits are acknowledged with 64").isTrue();
        }
    }

    @Test
    @Rfc({"8684", "3.8"})
    void whatLiesBeyondTheWindowIsDropped() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            long window = rig.advertise();
            rig.arrives(wifi, 0, window - 100, 300);
            rig.arrives(wifi, 300, window, 100);
            rig.arrives(wifi, 400, 1L << 40, 100);
            assertThat(rig.count("NoDSSInWindow")).isEqualTo(3);
            assertThat(rig.receiver.span()).isEqualTo(window);
            assertThat(rig.receiver.dataAck()).isEqualTo(IDSN + 1);
        }
    }

    @Test
    @Rfc({"8684", "3.3.4"})
    void theWindowsRightEdgeNeverMovesLeft() {
        var random = new SplitMix64(42);
        for (int run = 0; run < 40; run++) {
            try (var rig = new ReceiverRig(TcpConfig.with(c -> c.receiveBuffer = 20_000))) {
                Subflow[] subflows = {rig.subflow(), rig.subflow()};
                long[] offsets = new long[2];
                long edge = 0;
                for (int step = 0; step < 200; step++) {
                    int which = (int) (random.nextLong() >>> 63);
                    long room = edge - rig.receiver.rcvNxt();
                    int length = 1 + (int) ((random.nextLong() >>> 1) % 1400);
                    long at = rig.receiver.rcvNxt()
                            + (room <= 0 || step % 3 == 0 ? 0 : (random.nextLong() >>> 1) % room);
                    rig.arrives(subflows[which], offsets[which], at, length);
                    offsets[which] += length;
                    if (step % 17 == 0) {
                        rig.nowNs += 10 * MS;
                        rig.readAll();
                    }
                    long window = rig.advertise();
                    long next = rig.receiver.rcvNxt() + window;
                    assertThat(next).isGreaterThanOrEqualTo(edge);
                    edge = next;
                }
                rig.readAll();
            }
        }
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void theStreamEndsWhenAllBeforeTheDataFinIsThere() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            Subflow lte = rig.subflow();
            rig.arrives(lte, 0, rig.frame(1000, 10), rig.dss(1000, true, 1, 11, NO_CHECKSUM, true));
            assertThat(rig.receiver.finReceived()).isFalse();
            rig.arrives(wifi, 0, 0, 1000);
            assertThat(rig.receiver.finReceived()).isTrue();
            assertThat(rig.receiver.dataAck()).as("a DATA_FIN takes a number").isEqualTo(IDSN + 1 + 1011);
            assertThat(rig.readAll()).isEqualTo(1010);
        }
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void aDataFinComesAloneToo() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            rig.arrives(wifi, 0, 0, 1000);
            rig.readable = 0;
            var dss = rig.dss(1000, true, 0, 1, NO_CHECKSUM, true);
            assertThat(rig.receiver.onMapping(wifi, rig.connection.received.peek(), 0, dss, rig.nowNs))
                    .isEqualTo(Verdict.PROCEED);
            assertThat(rig.receiver.finReceived()).isTrue();
            assertThat(rig.readable).isPositive();
            assertThat(rig.readAll()).isEqualTo(1000);
        }
    }

    @Test
    void aSecondEndElsewhereAndDataBehindTheFirstAreNotBelieved() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            rig.arrives(wifi, 0, 3000, 500);
            rig.arrives(wifi, 500, rig.frame(1000, 100), rig.dss(1000, true, 501, 101, NO_CHECKSUM, true));
            rig.arrives(wifi, 600, rig.frame(1200, 100), rig.dss(1200, true, 601, 101, NO_CHECKSUM, true));
            rig.arrives(wifi, 700, 0, 1000);
            assertThat(rig.receiver.finReceived()).isTrue();
            assertThat(rig.readAll()).isEqualTo(1100);
            assertThat(rig.receiver.hasHole()).isFalse();
        }
    }

    @Test
    @Rfc({"8684", "3.3.4"})
    void whatTheWindowPromisedIsKeptThoughItComesInHalfEmptySuperFrames() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            Subflow lte = rig.subflow();
            int window = (int) rig.advertise();
            int step = 16_384;
            rig.arrives(wifi, 0, 0, step);
            for (int at = 2 * step; at + step <= window; at += 2 * step) {
                rig.arrives(wifi, at / 2, at, step);
            }
            assertThat(rig.receiver.hasHole()).isTrue();
            int sent = 0;
            for (int at = step; at + step <= window; at += 2 * step) {
                rig.arrives(lte, sent, at, step);
                sent += step;
            }
            assertThat(rig.count("RcvPruned")).isZero();
            assertThat(rig.readAll()).isEqualTo(window / step * step);
        }
    }

    /** The first path brings little by little what is missing, and it is read at once; the other one is far ahead. */
    @Test
    @Rfc({"8684", "3.3.4"})
    void whatWaitsInHalfEmptySuperFramesCostsNoWindow() {
        int size = 256 << 10;
        int step = 16_384;
        try (var rig = new ReceiverRig(TcpConfig.with(c -> {
            c.receiveBuffer = size;
            c.moderateReceiveBuffer = false;
        }))) {
            Subflow wifi = rig.subflow();
            Subflow lte = rig.subflow();
            assertThat(rig.advertise()).isEqualTo(size);
            for (int at = 40_000; at + step <= size; at += step) {
                rig.arrives(lte, at - 40_000, at, step);
            }
            for (int at = 0; at < 39_000; at += 1_000) {
                rig.arrives(wifi, at, at, 1_000);
                rig.readAll();
                assertThat(size - rig.advertise()).as("at " + at).isLessThan(2 * Tcb.DEFAULT_MSS);
                assertThat(rig.receiver.pinned()).isLessThanOrEqualTo(2L * size);
            }
        }
    }

    @Test
    void theWindowIsFilledWithHalfEmptySuperFramesThoughNobodyReads() {
        for (int step : new int[] {3_000, 16_384, 24_000, 40_000}) {
            int size = 256 << 10;
            try (var rig = new ReceiverRig(TcpConfig.with(c -> c.receiveBuffer = size))) {
                Subflow wifi = rig.subflow();
                assertThat(rig.advertise()).isEqualTo(size);
                for (int at = 0; at < size; at += step) {
                    assertThat(rig.receiver.buffer.isFull()).as("at " + at + " of " + size).isFalse();
                    rig.arrives(wifi, at, at, Math.min(step, size - at));
                }
                assertThat(rig.receiver.pinned()).isLessThanOrEqualTo(2L * size + size / 4);
                assertThat(rig.readAll()).isEqualTo(size);
                assertThat(rig.count("NoDSSInWindow")).isZero();
            }
        }
    }

    @Test
    void tenThousandTinySegmentsOutOfOrderPinNoMoreThanTheLimit() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            rig.advertise();
            for (int i = 0; i < 10_000; i++) {
                rig.arrives(wifi, i, 2 + 2L * i, 1);
                assertThat(rig.receiver.pinned()).isLessThanOrEqualTo(2L * rig.receiver.buffer.size());
            }
            assertThat(rig.count("RcvPruned")).isPositive();
            rig.arrives(wifi, 10_000, 0, 2);
            assertThat(rig.readAll()).as("what fills the gap is always taken").isEqualTo(3);
        }
    }

    @Test
    void whatWaitsForTheRestOfItsMappingOnASilentPathDoesNotCloseTheWindow() {
        try (var rig = new ReceiverRig(TcpConfig.with(c -> c.receiveBuffer = 8192))) {
            rig.connection.checksum = true;
            Subflow wifi = rig.subflow();
            for (int i = 0; i < 3; i++) {
                Subflow silent = rig.subflow();
                // Six of seven thousand bytes, and nothing more; the same come over another path.
                rig.arrives(silent, 0, rig.frame(0, 6000), rig.dss(0, true, 1, 7000, 0, false));
            }
            int sum = ReceiverRig.checksum(0, 1, 7000, 0, 7000);
            rig.arrives(wifi, 0, rig.frame(0, 7000), rig.dss(0, true, 1, 7000, sum, false));
            assertThat(rig.readAll()).isEqualTo(7000);
            assertThat(rig.advertise()).isEqualTo(8192);
        }
    }

    @Test
    void whatIsAheadIsTakenThoughTheBufferIsFullForTheGapsBytesMayComeBehindIt() {
        try (var rig = new ReceiverRig(TcpConfig.with(c -> c.receiveBuffer = 8192))) {
            Subflow wifi = rig.subflow();
            Subflow lte = rig.subflow();
            for (int i = 0; i < 20; i++) {
                rig.arrives(lte, i, 100 + 300L * i, 1);
            }
            assertThat(rig.arrives(wifi, 0, 50, 10)).isEqualTo(Verdict.PROCEED);
            assertThat(rig.arrives(wifi, 10, 0, 50)).isEqualTo(Verdict.PROCEED);
            assertThat(rig.readAll()).isEqualTo(60);
        }
    }

    @Test
    void theBufferDoesNotGrowBeforeARoundTripWasMeasured() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            long offset = 0;
            int before = rig.receiver.buffer.size();
            for (int round = 0; round < 40; round++) {
                for (long window = rig.advertise(); window > 0; window -= 1400) {
                    int length = (int) Math.min(1400, window);
                    rig.arrives(wifi, offset, offset, length);
                    offset += length;
                    rig.readAll();
                }
                rig.nowNs += 50 * MS;
            }
            assertThat(rig.receiver.buffer.size()).isEqualTo(before);
        }
    }

    @Test
    void aFrameCostsNoHeap() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            Subflow lte = rig.subflow();
            long[] at = new long[3];
            assertThat(Allocations.perRun(() -> {
                rig.arrives(lte, at[1], at[2] + 500, 700);
                at[1] += 700;
                rig.arrives(wifi, at[0], at[2], 500);
                at[0] += 500;
                at[2] += 1200;
                rig.readAll();
                rig.advertise();
            }))
                    .isZero();
        }
    }
}
