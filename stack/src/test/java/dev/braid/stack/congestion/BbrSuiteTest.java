package dev.braid.stack.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** BBR does what every congestion control must. */
class BbrSuiteTest extends CongestionControlSuite {
    @Override
    CongestionControl make() {
        return new Bbr();
    }

    /** A single loss takes nothing from BBR: it is below what a path may lose by itself. */
    @Test
    @Override
    void lossTakesAndRecoveryEnds() {
        CongestionControl control = established();
        for (int i = 0; i < 5; i++) {
            round(control);
        }
        long before = control.cwnd();
        loseOne(control);
        assertThat(control.cwnd()).isGreaterThanOrEqualTo(before);
    }
}
