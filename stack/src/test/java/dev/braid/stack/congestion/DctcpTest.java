package dev.braid.stack.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DctcpTest extends LossBasedSuite {
    @Override
    CongestionControl make() {
        return new Dctcp();
    }

    private void markedRound(CongestionControl control, double share) {
        long flight = control.cwnd();
        for (long acked = 0; acked < flight; acked += 2 * MSS) {
            sample.clear();
            sample.nowNs = nowNs;
            sample.ackedBytes = 2 * MSS;
            sample.newlyDelivered = 2 * MSS;
            sample.ceBytes = (int) (2 * MSS * share);
            sample.srttNs = 100 * MS;
            sndUna += 2 * MSS;
            sample.sndUna = sndUna;
            sample.sndNxt = sndUna + flight - 2 * MSS;
            control.onAck(sample);
        }
        nowNs += 100 * MS;
    }

    private static int alpha(CongestionControl control) {
        return control.info() instanceof CongestionInfo.Dctcp info ? info.alpha() : -1;
    }

    @Test
    @Rfc({"8257", "3.3"})
    void windowGoesDownByHalfTheShareOfMarkedBytes() {
        CongestionControl control = established();
        for (int i = 0; i < 3; i++) {
            round(control);
        }
        for (int i = 0; i < 150; i++) {
            markedRound(control, 0.25);
        }
        assertThat(alpha(control)).isCloseTo(256, Offset.offset(20));
        long before = control.cwnd();
        control.onEcnReduction(before, sndUna + before, nowNs);
        control.onRecoveryEnd(before, nowNs);
        assertThat(control.cwnd() / (double) before).isCloseTo(1 - 0.25 / 2, Offset.offset(0.02));
    }

    @Test
    @Rfc({"8257", "4.2"})
    void firstMarksHalve() {
        CongestionControl control = established();
        for (int i = 0; i < 2; i++) {
            round(control);
        }
        assertThat(alpha(make())).isEqualTo(1024);
        control.onEcnReduction(40L * MSS, sndUna, nowNs);
        assertThat(control.ssthresh()).isBetween(20L * MSS, 23L * MSS);
    }

    @Test
    @Rfc({"8257", "3.5"})
    void lossHalvesWhateverTheMarksSay() {
        CongestionControl control = established();
        for (int i = 0; i < 3; i++) {
            round(control);
        }
        for (int i = 0; i < 200; i++) {
            markedRound(control, 0);
        }
        assertThat(alpha(control)).isZero();
        long before = control.cwnd();
        control.onRecoveryStart(before, sndUna + before, nowNs);
        assertThat(control.ssthresh()).isEqualTo(before / 2);
    }

    @Test
    void itAsksForEcn() {
        assertThat(make().needsEcn()).isTrue();
        assertThat(new Cubic().needsEcn()).isFalse();
    }
}
