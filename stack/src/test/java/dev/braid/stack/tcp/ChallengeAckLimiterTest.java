package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChallengeAckLimiterTest {
    private final ChallengeAckLimiter limiter = new ChallengeAckLimiter();

    @Test
    @Rfc({"5961", "7"})
    void tenAreSentInAnyFiveSeconds() {
        var random = new Random(1);
        var sent = new ArrayDeque<Long>();
        long now = -7_000_000_000L;
        int permitted = 0;
        for (int i = 0; i < 20_000; i++) {
            now += random.nextInt(400_000_000);
            while (!sent.isEmpty() && now - sent.peek() >= ChallengeAckLimiter.WINDOW_NS) {
                sent.poll();
            }
            boolean allowed = limiter.permit(now);
            assertThat(allowed).isEqualTo(sent.size() < ChallengeAckLimiter.BURST);
            if (allowed) {
                sent.add(now);
                permitted++;
            }
        }
        assertThat(permitted).isGreaterThan(5_000);
    }

    @Test
    void cve20165696CountOfOneConnectionTellsNothingOfAnother() {
        var other = new ChallengeAckLimiter();
        while (limiter.permit(0)) {
            assertThat(limiter).isNotNull();
        }
        for (int i = 0; i < ChallengeAckLimiter.BURST; i++) {
            assertThat(other.permit(0)).isTrue();
        }
        assertThat(other.permit(0)).isFalse();
    }
}
