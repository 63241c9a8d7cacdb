package dev.braid.tools.bind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SuspicionTest {
    private static final long MINUTE_NS = TimeUnit.MINUTES.toNanos(1);

    private final Suspicion suspicion = new Suspicion();

    @Test
    void twoInARowMakeASuspectAndOneAnswerAnEndOfIt() {
        assertThat(suspicion.heard(1, false, 0)).isFalse();
        assertThat(suspicion.suspects(1, 0)).isFalse();
        assertThat(suspicion.heard(1, false, 0)).isTrue();
        assertThat(suspicion.suspects(1, 0)).isTrue();
        assertThat(suspicion.suspects(0, 0)).as("another link").isFalse();
        assertThat(suspicion.heard(1, true, 0)).isTrue();
        assertThat(suspicion.suspects(1, 0)).isFalse();
    }

    @Test
    void afterAWhileItGetsAnotherChanceWhichOneSilenceEnds() {
        suspicion.heard(1, false, 0);
        suspicion.heard(1, false, 0);
        assertThat(suspicion.suspects(1, MINUTE_NS - 1)).isTrue();
        assertThat(suspicion.suspects(1, MINUTE_NS)).isFalse();
        assertThat(suspicion.heard(1, false, MINUTE_NS)).isTrue();
        assertThat(suspicion.suspects(1, 2 * MINUTE_NS - 1)).isTrue();
    }

    @Test
    void aSilenceThatGoesOnPutsTheChanceOff() {
        suspicion.heard(1, false, 0);
        suspicion.heard(1, false, 0);
        assertThat(suspicion.heard(1, false, MINUTE_NS / 2)).as("nothing new").isFalse();
        assertThat(suspicion.suspects(1, MINUTE_NS)).isTrue();
    }

    @Test
    void whatIsForgottenBeginsAnew() {
        suspicion.heard(1, false, 0);
        suspicion.heard(1, false, 0);
        suspicion.forget(1);
        assertThat(suspicion.suspects(1, 0)).isFalse();
        assertThat(suspicion.heard(1, false, 0)).isFalse();
    }
}
