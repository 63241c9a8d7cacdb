package dev.braid.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalLogTest {
    private static final long MS = 1_000_000;

    private final ArrivalLog log = new ArrivalLog();

    private void arrives(long fromMs, long toMs, long everyMs, long bytes) {
        for (long ms = fromMs; ms <= toMs; ms += everyMs) {
            log.add(ms * MS, bytes);
        }
    }

    @Test
    void bytesAreCountedBehindTheStartAndUpToTheEnd() {
        arrives(10, 100, 10, 1000);
        assertThat(log.between(0, 100 * MS)).isEqualTo(10_000);
        assertThat(log.between(10 * MS, 30 * MS)).isEqualTo(2000);
        assertThat(log.between(31 * MS, 39 * MS)).isZero();
        assertThat(log.total()).isEqualTo(10_000);
        assertThat(log.lastNs()).isEqualTo(100 * MS);
    }

    @Test
    void aPauseThatBeganBeforeTheCutCountsFromItsBeginning() {
        arrives(10, 100, 10, 1000);
        arrives(350, 500, 10, 1000);
        assertThat(log.longestPause(105 * MS, 500 * MS).lengthNs()).isEqualTo(250 * MS);
        assertThat(log.longestPause(105 * MS, 200 * MS).lengthNs()).isEqualTo(100 * MS);
        assertThat(log.longestPause(360 * MS, 500 * MS).lengthNs()).isEqualTo(10 * MS);
    }

    @Test
    void aHiccupMuchLaterIsNotThePauseThatTheCutMade() {
        arrives(0, 100, 10, 10_000);
        arrives(150, 1000, 10, 10_000);
        arrives(1060, 3000, 10, 10_000);
        assertThat(log.longestPause(100 * MS, 3000 * MS).lengthNs()).isEqualTo(60 * MS);
        assertThat(log.firstPause(100 * MS, 3000 * MS, 30 * MS).endNs()).isEqualTo(150 * MS);
        assertThat(log.firstPause(100 * MS, 3000 * MS, 70 * MS).endNs()).isEqualTo(1060 * MS);
        // 0.7 of 8 Mbit/s are 140,000 bytes in 200 ms, the pause of 50 ms included.
        assertThat(Handover.of(log, 8, 100 * MS, 3000 * MS, -1).recoveryNs()).isEqualTo(200 * MS);
    }

    @Test
    void anEmptyLogPausesFromWhereItIsAskedOn() {
        assertThat(log.longestPause(5 * MS, 9 * MS).lengthNs()).isZero();
        log.add(100 * MS, 1);
        assertThat(log.longestPause(5 * MS, 9 * MS).lengthNs()).isEqualTo(4 * MS);
    }

    @Test
    void aWindowIsFullAtItsLastByte() {
        arrives(10, 100, 10, 1000);
        arrives(300, 600, 10, 1000);
        assertThat(log.untilWindowNs(100 * MS, 0, 600 * MS, 100 * MS, 8000)).isEqualTo(270 * MS);
        assertThat(log.untilWindowNs(100 * MS, 0, 350 * MS, 100 * MS, 8000)).isEqualTo(-1);
    }

    @Test
    void whatWasOnItsWayAtTheCutIsNoRecovery() {
        arrives(10, 250, 10, 1000);
        arrives(600, 900, 10, 1000);
        ArrivalLog.Pause pause = log.longestPause(50 * MS, 900 * MS);
        assertThat(pause.endNs()).isEqualTo(600 * MS);
        assertThat(log.untilWindowNs(50 * MS, pause.endNs(), 900 * MS, 100 * MS, 8000)).isEqualTo(620 * MS);
        assertThat(log.untilWindowNs(50 * MS, 0, 900 * MS, 100 * MS, 8000)).isEqualTo(100 * MS);
    }

    @Test
    void nothingBeforeTheStartHelpsAWindow() {
        arrives(10, 300, 10, 1000);
        assertThat(log.untilWindowNs(95 * MS, 0, 300 * MS, 100 * MS, 8000)).isEqualTo(100 * MS);
        assertThat(log.untilWindowNs(295 * MS, 0, 300 * MS, 100 * MS, 100)).isEqualTo(-1);
    }
}
