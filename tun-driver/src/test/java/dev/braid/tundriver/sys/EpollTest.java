package dev.braid.tundriver.sys;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EpollTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "999999, 1",
        "1000000, 1",
        "1000001, 2",
        "3600000000000, 3600000",
        "9223372036854775806, 2147483647",
        "9223372036854775807, -1",
        "-5, 0",
    })
    void millisecondsAreRoundedUpSoThatNobodySpins(long timeoutNs, int timeoutMs) {
        assertThat(Epoll.roundedUpMs(timeoutNs)).isEqualTo(timeoutMs);
    }
}
