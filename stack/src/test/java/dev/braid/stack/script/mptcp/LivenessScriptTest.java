package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.prio;
import static dev.braid.stack.script.mptcp.MpOption.removeAddr;
import static dev.braid.stack.script.mptcp.MpOption.tcprst;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.script.Seg;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Paths that fall silent: how it is noticed, by whom, and what both ends do about it. */
class LivenessScriptTest extends TwoPathScript {
    /** What silences are measured in: delays below that say nothing. */
    private static final int TURN_MS = 25;
    /** The second path's round trip, and what may delay its answer. */
    private static final int ANSWER_MS = SECOND_RTT_MS + TURN_MS;
    /** The first path's: a round trip and four times its variation, which is half of it as long as it was measured but once. */
    private static final int FIRST_ANSWER_MS = FIRST_RTT_MS + 4 * FIRST_RTT_MS / 2;
    /** After that much silence the second path is suspected. */
    private static final int SUSPECT_MS = ANSWER_MS;

    /** As long as nothing is heard of a path that nothing is expected of. */
    private static final int QUIET_MS = 15_000;

    /** How long after a probe that was answered the next one leaves at the earliest: twice the first pause. */
    private static final int AGAIN_MS = 2 * TURN_MS;

    /** The host sent a segment by the second path, and nothing comes back by it any more. */
    private void sendsIntoSilence() {
        conn.write(1_000);
        second.sees(data(1, 1_001).with(map(1, 1, 1_000))).dies();
        first.seesNothing();
    }

    /** As {@link #sendsIntoSilence}, noticed, and what was on the silent path has come by the first one. */
    private void hasNoticedSilence() {
        sendsIntoSilence();
        after(SUSPECT_MS);
        second.sees(octetProbe(1, 1));
        first.sees(octetProbe(1, 11));
        after(FIRST_RTT_MS);
        first.sends(ack(11, 1).with(dss().ack(1)));
        after(ANSWER_MS - FIRST_RTT_MS);
        first.sees(data(1, 1_001).with(map(1, 1, 1_000)));
    }

    // As sender.

    @ParameterizedTest
    @EnumSource
    void whatASilentPathWasGivenGoesByTheOtherAsSoonAsTheProbeStaysUnanswered(Role role) {
        hasTwoPaths(role);
        sendsIntoSilence();
        after(SUSPECT_MS);
        // Both are asked, for a peer that is silent on both is no silent path.
        second.sees(octetProbe(1, 1));
        first.sees(octetProbe(1, 11));
        after(FIRST_RTT_MS);
        first.sends(ack(11, 1).with(dss().ack(1)));
        after(ANSWER_MS - FIRST_RTT_MS);
        first.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        second.seesNothing();
        assertThat(counter("MPTcpExtSubflowStale")).isEqualTo(1);
        assertThat(counter("MptcpLiveReinjected")).isEqualTo(1);
        first.sends(ack(11, 1_001).with(dss().ack(1_001)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
        // New data takes the path that lives.
        conn.write(500);
        first.sees(data(1_001, 1_501).with(map(1_001, 1_001, 500))).sends(ack(11, 1_501));
        second.seesWhatever();
    }

    @ParameterizedTest
    @EnumSource
    void everyByteSpentOnAskingIsCounted(Role role) {
        hasTwoPaths(role);
        hasNoticedSilence();
        int each = variant().ipHeader() + 20 + 12 + 12 + 1;
        assertThat(counter("MptcpLiveProbes")).isEqualTo(2);
        assertThat(counter("MptcpLiveProbeBytes")).isEqualTo(2L * each);
        second.seesWhatever();
    }

    @ParameterizedTest
    @EnumSource
    void aProbeThatIsAnsweredClearsThePath(Role role) {
        hasTwoPaths(role);
        sendsIntoSilence();
        after(SUSPECT_MS);
        second.sees(octetProbe(1, 1)).livesAgain();
        first.sees(octetProbe(1, 11));
        after(SECOND_RTT_MS);
        second.sends(ack(1, 1).with(dss().ack(1)));
        after(FIRST_RTT_MS - SECOND_RTT_MS);
        first.sends(ack(11, 1).with(dss().ack(1)));
        after(AGAIN_MS - FIRST_RTT_MS - 1);
        first.seesNothing();
        second.seesNothing();
        second.sends(ack(1, 1_001));
        assertThat(counter("MptcpLiveCleared")).isEqualTo(2);
        assertThat(counter("MPTcpExtSubflowStale")).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatIsSilentEverywhereHasNoSilentPath(Role role) {
        hasTwoPaths(role);
        sendsIntoSilence();
        first.dies();
        afterWhatever(180);
        assertThat(counter("MptcpLiveSuspected")).isPositive();
        assertThat(counter("MPTcpExtSubflowStale")).isZero();
        first.seesWhatever();
        second.seesWhatever();
    }

    @ParameterizedTest
    @EnumSource
    void waitingForAPeerThatIsSilentEverywhereCostsFewWakeUps(Role role) {
        hasTwoPaths(role);
        sendsIntoSilence();
        first.dies();
        afterWhatever(5_000);
        assertThat(afterWhatever(60_000)).as("wake-ups in a minute").isLessThan(80);
        discardAll();
    }

    @ParameterizedTest
    @EnumSource
    void aSilentPathIsAskedAboutOnceASecondUnderLoad(Role role) {
        hasTwoPaths(role);
        hasNoticedSilence();
        int next = 1_001;
        for (int i = 0; i < 100; i++) {
            first.seesWhatever().sends(ack(11, next));
            conn.write(100);
            next += 100;
            afterWhatever(100);
        }
        assertThat(counter("MptcpLiveProbedAgain")).isBetween(9L, 12L);
        first.seesWhatever();
        second.seesWhatever();
    }

    @ParameterizedTest
    @EnumSource
    void aSilentPathIsAskedAboutEveryFifteenSecondsWhileIdle(Role role) {
        hasTwoPaths(role);
        hasNoticedSilence();
        first.sends(ack(11, 1_001).with(dss().ack(1_001)));
        afterWhatever(16_000);
        long before = counter("MptcpLiveProbedAgain");
        afterWhatever(150_000);
        assertThat(counter("MptcpLiveProbedAgain") - before).isEqualTo(10);
        first.seesWhatever();
        second.seesWhatever();
    }

    @ParameterizedTest
    @EnumSource
    void aPathThatIsHeardAgainCarriesDataAtOnce(Role role) {
        hasTwoPaths(role);
        hasNoticedSilence();
        first.sends(ack(11, 1_001).with(dss().ack(1_001)));
        afterWhatever(511);
        Seg last = null;
        while (second.pending() > 0) {
            last = second.next();
        }
        assertThat(last).as("the next probe").isNotNull();
        assertThat(last.from()).isZero();
        assertThat(last.to()).isEqualTo(1);
        afterWhatever(SECOND_RTT_MS);
        second.livesAgain().sends(ack(1, 1_001));
        assertThat(counter("MPTcpExtSubflowRecover")).isEqualTo(1);
        conn.write(700);
        second.sees(data(1_001, 1_701).with(map(1_001, 1_001, 700))).sends(ack(1, 1_701));
        first.seesNothing();
    }

    /** What waits for a timer that was backed off into the silence goes when the silence ends. */
    @ParameterizedTest
    @EnumSource
    void whatTheSilentPathStillOwesGoesWhenItIsHeardAgain(Role role) {
        hasTwoPaths(role);
        hasNoticedSilence();
        first.sends(ack(11, 1_001).with(dss().ack(1_001)));
        afterWhatever(10_000);
        second.seesWhatever().livesAgain();
        second.sends(ack(1, 1).with(dss().ack(1_001)));
        after(0);
        second.sees(data(1, 1_001).with(map(1, 1, 1_000))).sends(ack(1, 1_001));
        first.seesNothing();
    }

    // As receiver.

    /** The peer's second segment by the second path is lost, and what follows by the first makes the hole known. */
    private void missesWhatTheSecondPathCarried() {
        second.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        second.dies();
        first.sends(data(11, 111).with(map(211, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100).readsNothing();
    }

    @ParameterizedTest
    @EnumSource
    void aReceiverThatMissesDataTakesTheSilentPathsAddressBack(Role role) {
        hasTwoPaths(role);
        missesWhatTheSecondPathCarried();
        after(TURN_MS);
        second.sees(octetProbe(1, 101));
        first.sees(octetProbe(1, 111));
        after(FIRST_RTT_MS);
        first.sends(ack(111, 1));
        after(ANSWER_MS - FIRST_RTT_MS);
        first.sees(ack(1, 111).with(removeAddr(SECOND_ID)));
        second.sees(rstAck(1, 101).with(tcprst(5).transientFailure()));
        assertThat(counter("MptcpLiveToldRemoveAddr")).isEqualTo(1);
        // The peer sends again what had been lost.
        first.sends(data(111, 211).with(map(111, 111, 100))).sees(ack(1, 211).with(dss().ack(311)));
        conn.reads(200);
    }

    @ParameterizedTest
    @EnumSource
    void aHoleThatThePathsOwnAnswerExplainsIsNotTold(Role role) {
        hasTwoPaths(role);
        missesWhatTheSecondPathCarried();
        after(TURN_MS);
        second.sees(octetProbe(1, 101)).livesAgain();
        first.sees(octetProbe(1, 111));
        after(SECOND_RTT_MS);
        second.sends(ack(101, 1));
        after(FIRST_RTT_MS - SECOND_RTT_MS);
        first.sends(ack(111, 1));
        after(AGAIN_MS - FIRST_RTT_MS);
        // The data is still missing: both are asked again, after a pause that doubles.
        second.sees(octetProbe(1, 101));
        first.sees(octetProbe(1, 111));
        after(SECOND_RTT_MS);
        second.sends(ack(101, 1));
        second.sends(data(101, 201).with(map(111, 101, 100))).sees(ack(1, 201).with(dss().ack(311)));
        conn.reads(200);
        assertThat(counter("MptcpLiveToldRemoveAddr")).isZero();
    }

    /** The peer sends by the backup what it cannot bring over the regular path: RFC 8684 section 3.3.8 has a word for that. */
    @ParameterizedTest
    @EnumSource
    void aReceiverWhoseRegularPathIsSilentMakesTheBackupARegularOne(Role role) {
        hasTwoPaths(role, BACKUP);
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        first.dies();
        conn.reads(100);
        second.sends(data(1, 101).with(map(211, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        after(TURN_MS);
        first.sees(octetProbe(1, 111));
        second.sees(octetProbe(1, 101));
        after(SECOND_RTT_MS);
        second.sends(ack(101, 1));
        after(AGAIN_MS - SECOND_RTT_MS);
        second.sees(octetProbe(1, 101));
        afterWhatever(FIRST_ANSWER_MS - AGAIN_MS);
        second.sees(ack(1, 101).with(prio(false)));
        assertThat(counter("MptcpLiveToldPrio")).isEqualTo(1);
        second.sends(data(101, 201).with(map(111, 101, 100))).sees(ack(1, 201).with(dss().ack(311)));
        conn.reads(200);
        // It stands in for as long as the other one is silent.
        afterWhatever(2_000);
        first.seesWhatever().livesAgain();
        second.seesWhatever();
        first.sends(ack(111, 1));
        second.sees(ack(1, 201).with(prio(true)));
        assertThat(counter("MptcpLiveToldPrioBack")).isEqualTo(1);
    }

    /** It may have let go of that one as well, and its reset may be lost. */
    @Test
    void aQuietPathIsAskedUntilItAnswersWhenThePeerResetsAnother() {
        hasTwoPaths(Role.SERVER);
        after(QUIET_MS);
        first.seesNothing();
        second.sends(rst(1));
        first.sees(probe(1, 11)).seesNothing();
        after(FIRST_RTO_MS);
        first.sees(probe(1, 11)).seesNothing();
        after(2 * FIRST_RTO_MS);
        first.sees(probe(1, 11)).seesNothing().sends(rst(11));
        assertThat(connection().subflows()).isZero();
        assertThat(counter("MptcpLiveSuspected")).isEqualTo(1);
    }

    @Test
    void aPathThatWasHeardOfLateIsNotAskedWhenThePeerResetsAnother() {
        hasTwoPaths(Role.SERVER);
        after(QUIET_MS - FIRST_RTT_MS);
        second.sends(rst(1));
        first.seesNothing();
    }
}
