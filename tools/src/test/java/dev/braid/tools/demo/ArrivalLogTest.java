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
        assertThat(log.longestPauseNs(105 * MS, 500 * MS)).isEqualTo(250 * MS);
        assertThat(log.longestPauseNs(105 * MS, 200 * MS)).isEqualTo(100 * MS);
        assertThat(log.longestPauseNs(360 * MS, 500 * MS)).isEqualTo(10 * MS);
    }

    @Test
    void anEmptyLogPausesFromWhereItIsAskedOn() {
        assertThat(log.longestPauseNs(5 * MS, 9 * MS)).isZero();
        log.add(100 * MS, 1);
        assertThat(log.longestPauseNs(5 * MS, 9 * MS)).isEqualTo(4 * MS);
    }

    @Test
    void aWindowIsFullAtItsLastByte() {
        arrives(10, 100, 10, 1000);
        arrives(300, 600, 10, 1000);
        assertThat(log.untilWindowNs(100 * MS, 600 * MS, 100 * MS, 8000)).isEqualTo(270 * MS);
        assertThat(log.untilWindowNs(100 * MS, 350 * MS, 100 * MS, 8000)).isEqualTo(-1);
    }

    @Test
    void nothingBeforeTheStartHelpsAWindow() {
        arrives(10, 300, 10, 1000);
        assertThat(log.untilWindowNs(95 * MS, 300 * MS, 100 * MS, 8000)).isEqualTo(100 * MS);
        assertThat(log.untilWindowNs(295 * MS, 300 * MS, 100 * MS, 100)).isEqualTo(-1);
    }
}
