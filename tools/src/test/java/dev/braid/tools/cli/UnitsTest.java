package dev.braid.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "40mbit, 40000000", "1Gbit, 1000000000", "1.5mbit, 1500000", "64kbit, 64000", "1kibit, 1024", "9600, 9600",
        "10mbps, 80000000", "0, 0"})
    void ratesAreBitsASecondAndBpsIsBytes(String text, long bits) {
        assertThat(Units.rate(text)).isEqualTo(bits);
    }

    @ParameterizedTest
    @CsvSource({"20ms, 20000000", "1.5s, 1500000000", "50us, 50000", "7ns, 7", "0, 0", "2sec, 2000000000"})
    void timesAreNanoseconds(String text, long ns) {
        assertThat(Units.timeNs(text)).isEqualTo(ns);
    }

    @ParameterizedTest
    @CsvSource({"1500, 1500", "100kB, 102400", "1m, 1048576", "5b, 5"})
    void sizesCountInPowersOf1024(String text, int bytes) {
        assertThat(Units.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"1%, 0.01", "0.05%, 0.0005", "100%, 1", "0, 0"})
    void probabilitiesArePercentages(String text, double probability) {
        assertThat(Units.probability(text)).isEqualTo(probability);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fast", "-1mbit", "40 mbit", "1e9", "2000gbit", "1mb/s"})
    void whatIsNoRateIsRefused(String text) {
        assertThatThrownBy(() -> Units.rate(text)).isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("40mbit");
    }

    @Test
    void aBareNumberIsNoTimeAndNoProbability() {
        assertThatThrownBy(() -> Units.timeNs("20")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> Units.probability("1")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> Units.probability("101%")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> Units.bytes("2g")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> Units.timeNs("25h")).isInstanceOf(TypeConversionException.class);
    }
}
