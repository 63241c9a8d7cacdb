package dev.braid.stack.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlackholesTest {
    private static final long HOUR = 3600 * TwoHosts.SECOND;

    private final Blackholes blackholes = new Blackholes(MptcpConfig.DEFAULT);

    private boolean isKnown(int link, long host, long nowNs) {
        return blackholes.isKnown(link, 0, host, nowNs);
    }

    @Test
    void anotherLinkAndAnotherHostAreNotMeant() {
        blackholes.found(1, 0, 10, 0);
        assertThat(isKnown(1, 10, HOUR - 1)).isTrue();
        assertThat(isKnown(0, 10, HOUR - 1)).isFalse();
        assertThat(isKnown(1, 11, HOUR - 1)).isFalse();
    }

    @Test
    void eachFurtherProofDoublesTheTime() {
        blackholes.found(1, 0, 10, 0);
        assertThat(isKnown(1, 10, HOUR)).isFalse();
        blackholes.found(1, 0, 10, HOUR);
        assertThat(isKnown(1, 10, 3 * HOUR - 1)).isTrue();
        assertThat(isKnown(1, 10, 3 * HOUR)).isFalse();
        blackholes.found(1, 0, 10, 3 * HOUR);
        assertThat(isKnown(1, 10, 7 * HOUR - 1)).isTrue();
        assertThat(isKnown(1, 10, 7 * HOUR)).isFalse();
    }

    @Test
    void theTimeIsBoundedWhateverTheNumberOfProofs() {
        for (int i = 0; i < 100; i++) {
            blackholes.found(1, 0, 10, 0);
        }
        assertThat(isKnown(1, 10, 64 * HOUR - 1)).isTrue();
        assertThat(isKnown(1, 10, 64 * HOUR)).isFalse();
    }

    @Test
    void quietTimesMakeTheNextProofAFirstOneAgain() {
        blackholes.found(1, 0, 10, 0);
        blackholes.found(1, 0, 10, HOUR);
        blackholes.found(1, 0, 10, 100 * HOUR);
        assertThat(isKnown(1, 10, 101 * HOUR - 1)).isTrue();
        assertThat(isKnown(1, 10, 101 * HOUR)).isFalse();
    }

    @Test
    void anAnswerForgetsIt() {
        blackholes.found(1, 0, 10, 0);
        blackholes.passed(1, 0, 10);
        assertThat(isKnown(1, 10, 1)).isFalse();
    }

    @Test
    void withoutATimeoutNothingIsRemembered() {
        var forgetful = new Blackholes(MptcpConfig.with(config -> config.blackholeTimeoutNs = 0));
        forgetful.found(1, 0, 10, 0);
        assertThat(forgetful.isKnown(1, 0, 10, 1)).isFalse();
    }
}
