package dev.braid.bench.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinkWordsTest {
    private static final Message WORDS = Message
            .parse("link mbit=40 back_mbit=2.5 queue=64000 delay_us=25000 jitter_us=4000 "
                    + "loss=0.01 burst=0.002 recover=0.25 reorder=0.03 reorder_us=5000 duplicate=0.04");

    @Test
    void theWayOfTheDataHasEveryImpairmentAndSparesWhatHasNoPayload() {
        assertThat(LinkWords.forth(WORDS).toString()).contains("rate 40000000 bit/s with 14 B", "queue 64000 B",
                "delay 25000 us", "jitter 4000 us", "loss 0.01", "bursts 0.002/0.25/1.0", "reorder 0.03 by 5000 us",
                "duplicate 0.04", "only payload true");
    }

    @Test
    void theWayBackHasRateAndDelayAlone() {
        assertThat(LinkWords.back(WORDS).toString()).contains("rate 2500000 bit/s", "delay 25000 us", "jitter 0 us",
                "loss 0.0", "bursts 0.0", "reorder 0.0", "duplicate 0.0");
        assertThat(LinkWords.back(Message.parse("link mbit=40 queue=64000 delay_us=1")).toString())
                .as("as fast as the way forth unless told otherwise")
                .contains("rate 40000000 bit/s");
    }
}
