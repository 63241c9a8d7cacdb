package dev.braid.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.testing.Bytes;
import dev.braid.testing.Rfc;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @Rfc({"5952", "4"})
    @CsvSource({
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8::ABCD, 2001:db8::abcd",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "::ffff:192.0.2.1, 192.0.2.1",
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
    })
    void textIsReadAndWrittenInItsOneForm(String text, String canonical) {
        assertThat(IpAddress.parse(text)).hasToString(canonical);
        assertThat(IpAddress.parse(canonical)).isEqualTo(IpAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "",
        " ",
        "localhost",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.04",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "1.2.3.4 ",
        "+1.2.3.4",
        "0x1.2.3.4",
        ":",
        ":::",
        "1:",
        ":1",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "12345::",
        "g::",
        "::1.2.3",
        "::1.2.3.4:5",
        "1:2:3:4:5:6:7:1.2.3.4",
        "fe80::1%eth0",
        "[::1]",
        "::1/64",
        "١::",
    })
    void whatIsNoAddressIsRefusedAndQuoted(String text) {
        assertThatThrownBy(() -> IpAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void textOfAnyAddressLeadsBackToIt() throws UnknownHostException {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            long hi = sparse(random);
            long lo = sparse(random);
            IpAddress address = new IpAddress(hi, lo);
            assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
            assertThat(IpAddress.ofBytes(address.toBytes())).isEqualTo(address);
            assertThat(InetAddress.getByName(address.toString()).getAddress()).isEqualTo(address.toBytes());
        }
    }

    @Test
    void anIpv4AddressIsItsMappedForm() {
        IpAddress address = IpAddress.parse("10.77.0.2");
        assertThat(address.hi()).isEqualTo(Ipv4.MAPPED_HI);
        assertThat(address.lo()).isEqualTo(0x0000_ffff_0a4d_0002L);
        assertThat(address.isIpv4()).isTrue();
        assertThat(address.ipv4()).isEqualTo(0x0a4d_0002);
        assertThat(address.bits()).isEqualTo(32);
        assertThat(IpAddress.parse("::1").isIpv4()).isFalse();
        assertThat(IpAddress.parse("::").isIpv4()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, unspecified", "::, unspecified",
        "127.0.0.1, loopback", "127.255.255.255, loopback", "::1, loopback",
        "224.0.0.0, multicast", "239.255.255.255, multicast", "ff02::1, multicast", "ff00::, multicast",
        "255.255.255.255, broadcast",
        "169.254.0.1, link-local", "169.254.255.255, link-local", "fe80::1, link-local", "febf::1, link-local",
        "126.255.255.255, ''", "128.0.0.0, ''", "223.255.255.255, ''", "240.0.0.1, ''", "169.253.255.255, ''",
        "169.255.0.0, ''", "fec0::1, ''", "fe7f::1, ''", "::2, ''", "::7f00:1, ''", "::e000:1, ''", "1::, ''",
        "255.255.255.254, ''", "::ffff:ffff, ''", "2001:db8::1, ''",
    })
    void eachKindOfAddressIsKnown(String text, String kind) {
        IpAddress address = IpAddress.parse(text);
        assertThat(address.isUnspecified()).isEqualTo(kind.equals("unspecified"));
        assertThat(address.isLoopback()).isEqualTo(kind.equals("loopback"));
        assertThat(address.isMulticast()).isEqualTo(kind.equals("multicast"));
        assertThat(address.isBroadcast()).isEqualTo(kind.equals("broadcast"));
        assertThat(address.isLinkLocal()).isEqualTo(kind.equals("link-local"));
    }

    @Test
    void addressesAreWrittenInNetworkOrder() {
        try (Arena arena = Arena.ofConfined()) {
            long at = Bytes.of(arena, new byte[16]);
            IpAddress.parse("2001:db8::102").write(at);
            assertThat(Bytes.hex(at, 16)).isEqualTo("20010db8000000000000000000000102");
            IpAddress.parse("10.1.2.3").write(at);
            assertThat(Bytes.hex(at, 5)).isEqualTo("0a010203" + "00");
        }
    }

    @Test
    void addressesAreOrderedByNumber() {
        assertThat(IpAddress.parse("::1")).isLessThan(IpAddress.parse("10.0.0.1"));
        assertThat(IpAddress.parse("10.0.0.1")).isLessThan(IpAddress.parse("200.0.0.1"));
        assertThat(IpAddress.parse("200.0.0.1")).isLessThan(IpAddress.parse("2001::"));
        assertThat(IpAddress.parse("2001::")).isLessThan(IpAddress.parse("fd77::1"));
    }

    @Test
    void onlyFourOrSixteenBytesAreAnAddress() {
        assertThatThrownBy(() -> IpAddress.ofBytes(new byte[5])).hasMessageContaining("not 5");
    }

    /** Random, with many zero groups, for they are what the text form is about. */
    private static long sparse(Random random) {
        long value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 16 | (random.nextBoolean() ? 0 : random.nextInt(1 << (1 + random.nextInt(16))));
        }
        return value;
    }
}
