package dev.braid.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixTest {
    @ParameterizedTest
    @CsvSource({
        "10.77.0.2/24, 10.77.0.255, true", "10.77.0.2/24, 10.77.1.0, false", "10.77.0.2/24, 10.76.255.255, false",
        "10.77.0.2/32, 10.77.0.2, true", "10.77.0.2/32, 10.77.0.3, false", "0.0.0.0/0, 255.1.2.3, true",
        "0.0.0.0/0, ::1, false", "::/0, 2001::1, true", "::/0, 10.0.0.1, false",
        "fd77::2/64, fd77::ffff:ffff:ffff:ffff, true", "fd77::2/64, fd77:0:0:1::, false",
        "fd77::2/65, fd77::8000:0:0:0, false", "fd77::/10, fd40::, true", "fd77::/10, fd80::, false",
        "fd77::2/128, fd77::2, true", "fd77::2/128, fd77::3, false", "10.128.0.0/9, 10.255.0.1, true",
        "10.128.0.0/9, 10.127.255.255, false",
    })
    void aNetworkContainsWhatSharesItsLeadingBits(String prefix, String address, boolean contained) {
        assertThat(Prefix.parse(prefix).contains(IpAddress.parse(address))).isEqualTo(contained);
    }

    @ParameterizedTest
    @CsvSource({
        "10.77.0.2/24, 10.77.0.0, 10.77.0.1, 10.77.0.1",
        "10.77.0.1/24, 10.77.0.0, 10.77.0.1, 10.77.0.2",
        "10.77.0.5/30, 10.77.0.4, 10.77.0.5, 10.77.0.6",
        "10.77.0.4/31, 10.77.0.4, 10.77.0.4, 10.77.0.5",
        "10.77.0.5/31, 10.77.0.4, 10.77.0.4, 10.77.0.4",
        "10.77.0.5/32, 10.77.0.5, 10.77.0.5, ''",
        "fd77::2/64, fd77::, fd77::1, fd77::1",
        "fd77::1/64, fd77::, fd77::1, fd77::2",
        "fd77::6/127, fd77::6, fd77::6, fd77::7",
        "fd77::6/128, fd77::6, fd77::6, ''",
    })
    void hostsAreCountedFromTheNetworkOn(String text, String network, String first, String firstOther) {
        Prefix prefix = Prefix.parse(text);
        assertThat(prefix.network()).hasToString(network);
        assertThat(prefix.firstHost()).hasToString(first);
        assertThat(prefix.firstOtherHost().map(IpAddress::toString).orElse("")).isEqualTo(firstOther);
        assertThat(prefix).hasToString(text);
    }

    @Test
    void theDirectedBroadcastIsTheLastAddressOfAnIpv4Network() {
        IpAddress last = IpAddress.parse("10.77.0.255");
        assertThat(Prefix.parse("10.77.0.2/24").isDirectedBroadcast(last.hi(), last.lo())).isTrue();
        assertThat(Prefix.parse("10.77.0.2/16").isDirectedBroadcast(last.hi(), last.lo())).isFalse();
        assertThat(Prefix.parse("10.77.0.254/31").isDirectedBroadcast(last.hi(), last.lo())).isFalse();
        assertThat(Prefix.parse("10.77.0.255/32").isDirectedBroadcast(last.hi(), last.lo())).isFalse();
    }

    @Test
    void anAddressAloneIsAPrefixOfAllItsBits() {
        assertThat(Prefix.parse("10.0.0.1").length()).isEqualTo(32);
        assertThat(Prefix.parse("::1").length()).isEqualTo(128);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1/", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/ 8", "::1/129", "::1/999", "x/8",
        "/8"})
    void whatIsNoPrefixIsRefused(String text) {
        assertThatThrownBy(() -> Prefix.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
