package dev.braid.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AbsenceTest {
    @Test
    void aLongGapBetweenTwoLooksIsAnAbsence() {
        Absence absence = new Absence();
        assertThat(absence.lookMs(2_000)).as("a start may take long").isZero();
        assertThat(absence.lookMs(6_999)).as("a busy host").isZero();
        assertThat(absence.lookMs(36_999)).isEqualTo(30_000);
        assertThat(absence.lookMs(37_999)).as("told once").isZero();
    }

    @Test
    void timeIsThatOfTheHostAndGoesOn() throws InterruptedException {
        long beforeMs = Absence.uptimeMs();
        Thread.sleep(30);
        assertThat(Absence.uptimeMs() - beforeMs).isBetween(20L, 60_000L);
        assertThat(beforeMs).isPositive();
    }
}
