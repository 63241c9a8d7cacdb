package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.ReceiverRig.IDSN;
import static dev.braid.stack.mptcp.ReceiverRig.MS;
import static dev.braid.stack.mptcp.ReceiverRig.NO_CHECKSUM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.tcp.UpperLayer.Verdict;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Where a subflow's bytes belong, and what becomes of it when its mappings do not say so. */
class SubflowReceiverTest {
    // Boxes that split and join segments.

    @Test
    void aSegmentPutTogetherFromTwoIsTakenApartAgain() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            rig.subflow();
            rig.arrives(wifi, 0, rig.frame(0, 500), 0, 1, 1000);
            // The second half of the first mapping, and the whole of another, with the other's option.
            Frame joined = rig.frame(0, 900);
            for (int i = 0; i < 900; i++) {
                long position = i < 500 ? 500 + i : 5000 + i - 500;
                Memory.put8(joined.data() + joined.payloadOffset() + i, ReceiverRig.pattern(position));
            }
            rig.arrives(wifi, 500, joined, 5000, 1001, 400);
            assertThat(rig.receiver.rcvNxt()).isEqualTo(1000);
            assertThat(rig.receiver.span()).isEqualTo(4400);
            assertThat(rig.readAll()).isEqualTo(1000);
        }
    }

    @Test
    void bytesWhoseMappingWasLostAreDroppedAndComeAgain() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            // Two segments put together; the second one's option is gone, then the first one's.
            rig.arrives(wifi, 0, rig.frame(0, 1000), 0, 1, 600);
            assertThat(rig.receiver.rcvNxt()).isEqualTo(600);
            rig.arrives(wifi, 1000, rig.frame(1000, 1000), 1600, 1601, 400);
            assertThat(rig.receiver.rcvNxt()).isEqualTo(600);
            rig.arrives(wifi, 2000, 600, 1000);
            assertThat(rig.receiver.rcvNxt()).as("the peer sent them again with a mapping").isEqualTo(2000);
            assertThat(rig.connection.fallenBack).isFalse();
            assertThat(wifi.resetReason).isNegative();
            assertThat(rig.readAll()).isEqualTo(2000);
        }
    }

    // Options taken off.

    @Test
    @Rfc({"8684", "3.7"})
    void firstDataWithoutMappingMakesItPlainTcp() {
        try (var rig = new ReceiverRig()) {
            Subflow only = rig.subflow();
            rig.bare(only, 0, 0, 1000);
            assertThat(rig.connection.fallenBack).isTrue();
            assertThat(rig.connection.fallbackReason).isEqualTo(FallbackReason.NO_DSS);
            assertThat(only.mpFailDue).as("nothing says that the peer's options ever came through").isFalse();
            rig.bare(only, 1000, 1000, 500);
            assertThat(rig.readAll()).isEqualTo(1500);
            assertThat(rig.count("DssFallback")).isEqualTo(1);
        }
    }

    @Test
    void mappingsThatStopInMidConnectionMakeItPlainTcpOverItsOnlySubflow() {
        try (var rig = new ReceiverRig()) {
            Subflow only = rig.subflow();
            rig.arrives(only, 0, 0, 1000);
            rig.bare(only, 1000, 1000, 1000);
            assertThat(rig.connection.fallbackReason).isEqualTo(FallbackReason.NO_DSS);
            assertThat(only.mpFailDue).as("the peer hears of it").isTrue();
            assertThat(only.mpFailDsn).isEqualTo(IDSN + 1 + 1000);
            assertThat(rig.readAll()).isEqualTo(2000);
        }
    }

    /** The peer may have given what comes next to the other one, and this subflow what comes after that. */
    @Test
    @Rfc({"8684", "3.7"})
    void mappingsThatStopOnceAnotherSubflowMayHaveBroughtDataMakeNothingPlain() {
        try (var rig = new ReceiverRig()) {
            Subflow first = rig.subflow();
            rig.arrives(first, 0, 0, 1000);
            rig.connection.joined = true;
            rig.bare(first, 1000, 5000, 1000);
            assertThat(rig.connection.fallenBack).isFalse();
            assertThat(rig.readAll()).isEqualTo(1000);
        }
    }

    /** A peer that sends something again may do so once more. */
    @Test
    @Rfc({"8684", "3.7"})
    void mappingsThatStopAfterSomethingCameTwiceMakeNothingPlain() {
        try (var rig = new ReceiverRig()) {
            Subflow only = rig.subflow();
            rig.arrives(only, 0, 0, 1000);
            rig.arrives(only, 1000, 500, 500);
            rig.arrives(only, 1500, 1000, 500);
            rig.bare(only, 2000, 1000, 500);
            assertThat(rig.connection.fallenBack).isFalse();
            assertThat(rig.readAll()).isEqualTo(1500);
        }
    }

    /** As much came as was sent, but not in this order: so the peer gave the subflow some of it late. */
    @Test
    @Rfc({"8684", "3.7"})
    void mappingsThatStopAfterSomethingCameOutOfOrderMakeNothingPlain() {
        try (var rig = new ReceiverRig()) {
            Subflow only = rig.subflow();
            rig.arrives(only, 0, 0, 1000);
            rig.arrives(only, 1000, 1500, 500);
            rig.arrives(only, 1500, 1000, 500);
            rig.bare(only, 2000, 1000, 500);
            assertThat(rig.connection.fallenBack).isFalse();
            assertThat(rig.readAll()).isEqualTo(2000);
        }
    }

    @Test
    @Rfc({"8684", "3.3.1"})
    void aSubflowAmongOthersThatBringsAWindowOfUnmappedDataIsReset() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            rig.subflow();
            rig.arrives(wifi, 0, 0, 1000);
            long offset = 1000;
            for (; offset < rig.receiver.buffer.size(); offset += 1000) {
                rig.bare(wifi, offset, offset, 1000);
                assertThat(wifi.resetReason).as("a mapping may come yet").isNegative();
            }
            rig.bare(wifi, offset, offset, 1000);
            rig.bare(wifi, offset + 1000, offset, 1000);
            assertThat(wifi.resetReason).isEqualTo(ResetReason.MIDDLEBOX);
            assertThat(rig.readAll()).isEqualTo(1000);
            assertThat(rig.connection.fallenBack).isFalse();
        }
    }

    /** Its options are stripped: all that the peer gives to it until it is reset comes in vain. */
    @Test
    @Rfc({"8684", "3.3.1"})
    void aSubflowAmongOthersWhoseVeryFirstDataIsUnmappedIsReset() {
        try (var rig = new ReceiverRig()) {
            rig.arrives(rig.subflow(), 0, 0, 1000);
            Subflow lte = rig.subflow();
            rig.bare(lte, 0, 1000, 500);
            assertThat(lte.resetReason).isEqualTo(ResetReason.MIDDLEBOX);
            assertThat(rig.readAll()).isEqualTo(1000);
        }
    }

    // Mappings that cannot be.

    @Test
    void aMappingThatChangesMakesTheOnlySubflowPlain() {
        try (var rig = new ReceiverRig()) {
            Subflow only = rig.subflow();
            rig.arrives(only, 0, rig.frame(0, 100), 0, 1, 1000);
            rig.arrives(only, 100, rig.frame(100, 100), 7000, 101, 100);
            assertThat(rig.connection.fallbackReason).isEqualTo(FallbackReason.DSS_CORRUPTION);
            assertThat(rig.count("DSSNotMatching")).isEqualTo(1);
            assertThat(rig.count("DSSCorruptionFallback")).isEqualTo(1);
            assertThat(rig.readAll()).isEqualTo(200);
        }
    }

    @Test
    void aMappingThatChangesEndsASubflowAmongOthers() {
        try (var rig = new ReceiverRig()) {
            rig.subflow();
            Subflow joined = rig.subflow();
            rig.arrives(joined, 0, rig.frame(0, 100), 0, 1, 1000);
            rig.arrives(joined, 100, rig.frame(100, 100), 7000, 101, 100);
            assertThat(joined.resetReason).isEqualTo(ResetReason.MPTCP_ERROR);
            assertThat(rig.count("DSSCorruptionReset")).isEqualTo(1);
            rig.bare(joined, 200, 200, 100);
            assertThat(rig.readAll()).as("nothing of it is believed any more").isEqualTo(100);
        }
    }

    @Test
    void aMappingOfOtherBytesThanTheSegmentsIsTold() {
        try (var rig = new ReceiverRig()) {
            rig.subflow();
            Subflow joined = rig.subflow();
            rig.arrives(joined, 0, rig.frame(0, 100), 0, 5000, 100);
            assertThat(rig.count("DSSNoMatchTCP")).isEqualTo(1);
            assertThat(joined.resetReason).isEqualTo(ResetReason.MPTCP_ERROR);
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void anInfiniteMappingTakesAllThatFollows() {
        try (var rig = new ReceiverRig()) {
            Subflow only = rig.subflow();
            rig.arrives(only, 0, 0, 1000);
            rig.arrives(only, 1000, rig.frame(1000, 500), 1000, 1001, DssMapping.INFINITE);
            rig.bare(only, 1500, 1500, 500);
            assertThat(rig.connection.fallbackReason).isEqualTo(FallbackReason.INFINITE_MAPPING);
            assertThat(rig.readAll()).isEqualTo(2000);
            assertThat(rig.count("InfiniteMapRx")).isEqualTo(1);
            rig.receiver.onSubflowFin(only);
            assertThat(rig.receiver.finReceived()).as("the subflow's end is the stream's").isTrue();
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void anInfiniteMappingOfOtherBytesThanTheNextOnesEndsTheSubflow() {
        try (var rig = new ReceiverRig()) {
            Subflow only = rig.subflow();
            rig.connection.joined = true;
            rig.arrives(only, 0, 0, 1000);
            rig.arrives(only, 1000, rig.frame(3000, 500), 3000, 1001, DssMapping.INFINITE);
            assertThat(rig.connection.fallenBack).isFalse();
            assertThat(only.resetReason).isEqualTo(ResetReason.MPTCP_ERROR);
            assertThat(rig.readAll()).isEqualTo(1000);
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void anInfiniteMappingOnOneOfSeveralSubflowsEndsIt() {
        try (var rig = new ReceiverRig()) {
            Subflow wifi = rig.subflow();
            rig.subflow();
            rig.connection.joined = true;
            rig.arrives(wifi, 0, 0, 1000);
            rig.arrives(wifi, 1000, rig.frame(1000, 500), 1000, 1001, DssMapping.INFINITE);
            assertThat(rig.connection.fallenBack).isFalse();
            assertThat(wifi.resetReason).isEqualTo(ResetReason.MPTCP_ERROR);
            assertThat(rig.readAll()).isEqualTo(1000);
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void anInfiniteMappingSaysWhereItsBytesBelongWhateverCameBefore() {
        try (var rig = new ReceiverRig()) {
            Subflow only = rig.subflow();
            rig.connection.joined = true;
            rig.arrives(only, 0, 0, 1000);
            rig.arrives(only, 1000, 500, 500);
            rig.arrives(only, 1500, rig.frame(1000, 500), 500, 1001, DssMapping.INFINITE);
            assertThat(rig.connection.fallbackReason).isEqualTo(FallbackReason.INFINITE_MAPPING);
            assertThat(rig.readAll()).isEqualTo(1500);
        }
    }

    // Checksums.

    private static Verdict summed(ReceiverRig rig, Subflow to, long offset, long position, int bytes, int error) {
        int sum = ReceiverRig.checksum(position, (int) offset + 1, bytes, position, bytes);
        return rig.arrives(
                to, offset, rig.frame(position, bytes),
                rig.dss(position, true, (int) offset + 1, bytes, sum ^ error, false));
    }

    @Test
    @Rfc({"8684", "3.3.1"})
    void bytesAreDeliveredWhenTheChecksumOfTheirWholeMappingIsRight() {
        try (var rig = new ReceiverRig()) {
            rig.connection.checksum = true;
            Subflow wifi = rig.subflow();
            rig.subflow();
            int sum = ReceiverRig.checksum(0, 1, 1001, 0, 1000);
            rig.arrives(wifi, 0, rig.frame(0, 333), rig.dss(0, true, 1, 1001, sum, true));
            rig.bare(wifi, 333, 333, 334);
            assertThat(rig.readAll()).as("its end is missing").isZero();
            rig.bare(wifi, 667, 667, 333);
            assertThat(rig.readAll()).isEqualTo(1000);
            assertThat(rig.receiver.finReceived()).isTrue();
        }
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void anEndThatComesAloneIsBelievedWhenItsChecksumIsRight() {
        for (int error : new int[] {0, 0x10}) {
            try (var rig = new ReceiverRig()) {
                rig.connection.checksum = true;
                Subflow wifi = rig.subflow();
                rig.subflow();
                summed(rig, wifi, 0, 0, 500, 0);
                int sum = ReceiverRig.checksum(500, 0, 1, 0, 0);
                Frame empty = rig.frame(0, 0);
                rig.receiver.onMapping(
                        wifi, empty, 0, rig.dss(500, true, 0, 1, sum ^ error, true), rig.nowNs);
                empty.release();
                assertThat(rig.receiver.finReceived()).isEqualTo(error == 0);
                assertThat(rig.count("DataCsumErr")).isEqualTo(error == 0 ? 0 : 1);
                assertThat(wifi.resetReason).isEqualTo(error == 0 ? ResetReason.NONE : ResetReason.MIDDLEBOX);
                assertThat(wifi.mpFailDue).isEqualTo(error != 0);
                assertThat(rig.readAll()).isEqualTo(500);
            }
        }
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void anEndThatComesWithDataIsNotBelievedWhenItsChecksumIsWrong() {
        try (var rig = new ReceiverRig()) {
            rig.connection.checksum = true;
            Subflow wifi = rig.subflow();
            Subflow lte = rig.subflow();
            int sum = ReceiverRig.checksum(0, 1, 501, 0, 500);
            rig.arrives(wifi, 0, rig.frame(0, 500), rig.dss(0, true, 1, 501, sum ^ 1, true));
            summed(rig, lte, 0, 0, 500, 0);
            assertThat(rig.receiver.finReceived()).as("its end is anywhere").isFalse();
            summed(rig, lte, 500, 500, 500, 0);
            assertThat(rig.readAll()).isEqualTo(1000);
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void aWrongChecksumEndsASubflowAmongOthersWithMpFail() {
        try (var rig = new ReceiverRig()) {
            rig.connection.checksum = true;
            rig.subflow();
            Subflow lte = rig.subflow();
            summed(rig, lte, 0, 0, 500, 0);
            summed(rig, lte, 500, 900, 501, 0x10);
            assertThat(rig.count("DataCsumErr")).isEqualTo(1);
            assertThat(lte.mpFailDue).isTrue();
            assertThat(lte.mpFailDsn).isEqualTo(IDSN + 1 + 900);
            assertThat(lte.resetReason).isEqualTo(ResetReason.MIDDLEBOX);
            summed(rig, lte, 1001, 500, 400, 0);
            assertThat(rig.readAll()).as("what follows it is discarded").isEqualTo(500);
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void aWrongChecksumOnTheOnlySubflowWaitsForTheInfiniteMapping() {
        try (var rig = new ReceiverRig()) {
            rig.connection.checksum = true;
            Subflow only = rig.subflow();
            summed(rig, only, 0, 0, 500, 0);
            summed(rig, only, 500, 500, 500, 1);
            summed(rig, only, 1000, 1000, 500, 0);
            assertThat(only.mpFailDue).isTrue();
            assertThat(only.mpFailDsn).isEqualTo(IDSN + 501);
            assertThat(rig.connection.fallenBack).isFalse();
            assertThat(rig.receiver.rcvNxt()).as("\"Failed data MUST NOT be DATA_ACKed\"").isEqualTo(500);
            rig.arrives(only, 1500, rig.frame(1500, 100), rig.dss(500, true, 501, 0, NO_CHECKSUM, false));
            assertThat(rig.connection.fallenBack).isTrue();
            assertThat(rig.readAll()).isEqualTo(1600);
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void anMpFailThatNobodyAnswersEndsTheSubflow() {
        try (var rig = new ReceiverRig()) {
            rig.connection.checksum = true;
            Subflow only = rig.subflow();
            summed(rig, only, 0, 0, 500, 0);
            summed(rig, only, 500, 500, 500, 1);
            long deadlineNs = rig.receiver.deadlineNs();
            assertThat(deadlineNs).isBetween(rig.nowNs + 1, rig.nowNs + 60_000 * ReceiverRig.MS);
            rig.receiver.work(deadlineNs - 1);
            assertThat(only.resetReason).as("not yet").isNegative();
            rig.receiver.work(deadlineNs);
            assertThat(only.resetReason).isEqualTo(ResetReason.MIDDLEBOX);
            only.receiver.release();
        }
    }

    /** A box put the end of the mapping that fails and the beginning of the next one into one segment. */
    @Test
    @Rfc({"8684", "3.7"})
    void nothingIsLostOfASegmentInWhichAChecksumFails() {
        try (var rig = new ReceiverRig()) {
            rig.connection.checksum = true;
            Subflow only = rig.subflow();
            summed(rig, only, 0, 0, 500, 0);
            int sum = ReceiverRig.checksum(500, 501, 300, 500, 300);
            rig.arrives(only, 500, rig.frame(500, 500), rig.dss(500, true, 501, 300, sum ^ 1, false));
            rig.arrives(only, 1000, rig.frame(1000, 100), rig.dss(500, true, 501, 0, NO_CHECKSUM, false));
            assertThat(rig.connection.fallbackReason).isEqualTo(FallbackReason.INFINITE_MAPPING);
            assertThat(rig.readAll()).isEqualTo(1100);
        }
    }

    /** It was in a segment that a box put behind another one, whose option stood: no sum can be made of what is left. */
    @Test
    void aChecksumWhoseFirstBytesWereLostEndsNothing() {
        try (var rig = new ReceiverRig()) {
            rig.connection.checksum = true;
            Subflow only = rig.subflow();
            int first = ReceiverRig.checksum(0, 1, 500, 0, 500);
            rig.arrives(only, 0, rig.frame(0, 600), rig.dss(0, true, 1, 500, first, false));
            int second = ReceiverRig.checksum(500, 501, 500, 500, 500);
            rig.arrives(only, 600, rig.frame(600, 200), rig.dss(500, true, 501, 500, second, false));
            rig.arrives(only, 800, rig.frame(800, 200), rig.dss(500, true, 501, 500, second, false));
            assertThat(only.resetReason).isNegative();
            assertThat(rig.connection.fallenBack).isFalse();
            summed(rig, only, 1000, 500, 500, 0);
            assertThat(rig.readAll()).as("the peer sent it again").isEqualTo(1000);
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void whatWaitsForTheRestOfItsMappingIsDeliveredWhenAPlainAcknowledgementEndsMultipath() {
        try (var rig = new ReceiverRig()) {
            rig.connection.checksum = true;
            Subflow only = rig.subflow();
            int sum = ReceiverRig.checksum(0, 1, 1000, 0, 1000);
            rig.arrives(only, 0, rig.frame(0, 400), rig.dss(0, true, 1, 1000, sum, false));
            only.receiver.onPlainAck(rig.nowNs);
            assertThat(rig.connection.fallbackReason).isEqualTo(FallbackReason.NO_DSS);
            rig.bare(only, 400, 400, 600);
            assertThat(rig.readAll()).isEqualTo(1000);
        }
    }

    @Test
    void theAnswerToAnMpFailIsAnMpFailOrElseTheSubflowEnds() {
        try (var rig = new ReceiverRig()) {
            rig.connection.checksum = true;
            Subflow only = rig.subflow();
            summed(rig, only, 0, 0, 500, 0);
            summed(rig, only, 500, 500, 500, 1);
            rig.receiver.work(rig.nowNs + 100 * MS);
            assertThat(only.resetReason).isNegative();
            rig.receiver.onMpFail(only, rig.nowNs);
            assertThat(rig.connection.fallbackReason).isEqualTo(FallbackReason.CHECKSUM);
            assertThat(rig.readAll()).isEqualTo(1000);
        }
        try (var rig = new ReceiverRig()) {
            rig.connection.checksum = true;
            Subflow only = rig.subflow();
            summed(rig, only, 0, 0, 500, 0);
            summed(rig, only, 500, 500, 500, 1);
            rig.receiver.work(rig.receiver.deadlineNs());
            assertThat(only.resetReason).isEqualTo(ResetReason.MIDDLEBOX);
        }
    }

    @Test
    void aWrongChecksumOfTheVeryFirstDataMakesItPlainTcp() {
        try (var rig = new ReceiverRig()) {
            rig.connection.checksum = true;
            Subflow only = rig.subflow();
            summed(rig, only, 0, 0, 500, 1);
            assertThat(rig.connection.fallbackReason).isEqualTo(FallbackReason.CHECKSUM);
            assertThat(rig.readAll()).isEqualTo(500);
        }
    }

    @Test
    @Rfc({"8684", "3.3"})
    void aChecksumThatWasNotAgreedOnAndOneThatIsMissingEndTheSubflow() {
        for (boolean agreed : new boolean[] {false, true}) {
            try (var rig = new ReceiverRig()) {
                rig.connection.checksum = agreed;
                Subflow wifi = rig.subflow();
                Verdict verdict = agreed ? rig.arrives(wifi, 0, 0, 100) : summed(rig, wifi, 0, 0, 100, 0);
                assertThat(verdict).isEqualTo(Verdict.DISCARD);
                assertThat(wifi.resetReason).isEqualTo(ResetReason.MPTCP_ERROR);
            }
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void anMpFailOfThePeersIsAnsweredAndEndsMultipath() {
        try (var rig = new ReceiverRig()) {
            Subflow only = rig.subflow();
            rig.arrives(only, 0, 0, 500);
            rig.receiver.onMpFail(only, rig.nowNs);
            assertThat(only.mpFailDue).isTrue();
            assertThat(rig.connection.fallbackReason).isEqualTo(FallbackReason.MP_FAIL);
            rig.bare(only, 500, 500, 500);
            assertThat(rig.readAll()).isEqualTo(1000);
        }
    }

    @Test
    @Rfc({"8684", "3.7"})
    void anMpFailOnOneOfSeveralSubflowsEndsIt() {
        try (var rig = new ReceiverRig()) {
            rig.subflow();
            Subflow lte = rig.subflow();
            rig.receiver.onMpFail(lte, rig.nowNs);
            assertThat(lte.mpFailDue).isTrue();
            assertThat(lte.resetReason).isEqualTo(ResetReason.MIDDLEBOX);
            assertThat(rig.connection.fallenBack).isFalse();
        }
    }
}
