package dev.braid.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Ipv6Extensions.Outcome;
import dev.braid.testing.Bytes;
import dev.braid.testing.Rfc;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ipv6ExtensionsTest {
    private static final String TCP_START = "8ae60050 00000001";

    private final Arena arena = Arena.ofConfined();
    private final Ipv6Extensions extensions = new Ipv6Extensions();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void aPacketWithoutExtensionsHasItsTransportBehindTheHeader() {
        assertThat(walk(Protocol.TCP, TCP_START)).isEqualTo(Outcome.UPPER_LAYER);
        assertThat(extensions.protocol()).isEqualTo(Protocol.TCP);
        assertThat(extensions.offset()).isEqualTo(40);
    }

    @Test
    @Rfc({"8200", "4.1"})
    void aChainLeadsToTheTransport() {
        String chain = "3c 00 0502 0000 0100" // hop-by-hop: router alert, PadN
                + "2b 01 0104 00000000 00000000 00000000" // destination options, 16 bytes, PadN and Pad1s
                + "2c 00 0300 00000000" // routing type 3, no segments left
                + "06 00 0000 00000007" // atomic fragment
                + TCP_START;
        assertThat(walk(Protocol.HOP_BY_HOP, chain)).isEqualTo(Outcome.UPPER_LAYER);
        assertThat(extensions.protocol()).isEqualTo(Protocol.TCP);
        assertThat(extensions.offset()).isEqualTo(40 + 8 + 16 + 8 + 8);
        assertThat(extensions.hasFragmentHeader()).isTrue();
    }

    @Test
    @Rfc({"8200", "4.5"})
    void aFragmentStopsTheWalk() {
        assertThat(walk(Protocol.FRAGMENT, "06 00 0581 deadbeef" + TCP_START)).isEqualTo(Outcome.FRAGMENT);
        assertThat(extensions.protocol()).isEqualTo(Protocol.TCP);
        assertThat(extensions.offset()).isEqualTo(48);
        assertThat(extensions.fragmentOffset()).isEqualTo(0x580);
        assertThat(extensions.moreFragments()).isTrue();
        assertThat(extensions.fragmentId()).isEqualTo(0xdeadbeef);
        assertThat(walk(Protocol.FRAGMENT, "3c 00 0001 deadbeef" + TCP_START)).isEqualTo(Outcome.FRAGMENT);
        assertThat(extensions.fragmentOffset()).isZero();

        assertThat(walk(Protocol.TCP, TCP_START)).isEqualTo(Outcome.UPPER_LAYER);
        assertThat(extensions.hasFragmentHeader()).as("forgotten by the next walk").isFalse();
    }

    @Test
    @Rfc({"5095", "3"})
    void aRoutingHeaderWithSegmentsLeftIsRefused() {
        String type0 = "06 02 0001 00000000 fd770000000000000000000000000009";
        assertThat(walk(Protocol.ROUTING, type0 + TCP_START)).isEqualTo(Outcome.ROUTING_REFUSED);
        assertThat(extensions.pointer()).isEqualTo(42);
        String done = "06 02 0000 00000000 fd770000000000000000000000000009";
        assertThat(walk(Protocol.ROUTING, done + TCP_START)).isEqualTo(Outcome.UPPER_LAYER);
    }

    @Test
    @Rfc({"2675", "2"})
    void aJumbogramIsRefused() {
        assertThat(walk(Protocol.HOP_BY_HOP, "06 00 c204 00020000" + TCP_START)).isEqualTo(Outcome.JUMBOGRAM);
    }

    @Test
    @Rfc({"8200", "4.1"})
    void hopByHopOptionsStandFirstOrAreRefused() {
        String twice = "00 00 0104 00000000" + "06 00 0104 00000000";
        assertThat(walk(Protocol.HOP_BY_HOP, twice + TCP_START)).isEqualTo(Outcome.MISPLACED_HOP_BY_HOP);
        assertThat(extensions.pointer()).as("the next-header byte that names it").isEqualTo(40);
        String behind = "3c 00 0104 00000000" + "00 00 0104 00000000" + "06 00 0104 00000000";
        assertThat(walk(Protocol.DESTINATION_OPTIONS, behind + TCP_START)).isEqualTo(Outcome.MISPLACED_HOP_BY_HOP);
        assertThat(extensions.pointer()).isEqualTo(48);
    }

    @ParameterizedTest
    @Rfc({"8200", "4.2"})
    @CsvSource({
        "1e, UPPER_LAYER",
        "5e, OPTION_REFUSED",
        "9e, OPTION_REPORTED",
        "de, OPTION_REPORTED_UNICAST",
    })
    void anUnknownOptionsHighBitsDecide(String type, Outcome outcome) {
        String options = "06 00 00 " + type + " 03 000000";
        assertThat(walk(Protocol.DESTINATION_OPTIONS, options + TCP_START)).isEqualTo(outcome);
        if (outcome == Outcome.OPTION_REPORTED) {
            assertThat(extensions.pointer()).isEqualTo(43);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "60, 06", // not even the length byte
        "60, 06 00 0104 0000", // less than 8 bytes
        "60, 06 01 0104 00000000", // says 16
        "60, 06 ff 0104 00000000", // says 2048
        "60, 06 00 0105 00000000", // an option reaches past the header
        "60, 06 00 0000 00000001", // an option's type without its length
        "0, 06 00 c205 00000000", // a jumbo option that overruns
        "43, 06 03 0001 00000000 00000000 00000000",
        "44, 06 00 0581 dead",
    })
    void whatReachesPastItsEndIsTruncated(int first, String bytes) {
        assertThat(walk(first, bytes)).isEqualTo(Outcome.TRUNCATED);
    }

    @Test
    void aLongChainIsRefused() {
        String one = "3c 00 0104 00000000";
        String last = "06 00 0104 00000000";
        assertThat(walk(60, one.repeat(7) + last + TCP_START)).isEqualTo(Outcome.UPPER_LAYER);
        assertThat(walk(60, one.repeat(8) + last + TCP_START)).isEqualTo(Outcome.TOO_MANY_HEADERS);
        assertThat(walk(60, one.repeat(180))).isEqualTo(Outcome.TOO_MANY_HEADERS);
    }

    @Test
    void encryptedAndEmptyPacketsEndTheWalk() {
        assertThat(walk(Protocol.ESP, "00000000 00000000")).isEqualTo(Outcome.UPPER_LAYER);
        assertThat(extensions.protocol()).isEqualTo(Protocol.ESP);
        assertThat(walk(Protocol.NO_NEXT_HEADER, "")).isEqualTo(Outcome.UPPER_LAYER);
        assertThat(extensions.offset()).isEqualTo(40);
    }

    @Test
    void randomBytesNeverLeadOutOfThePacket() {
        int[] headers = {0, 43, 44, 60};
        Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = new byte[random.nextInt(100)];
            random.nextBytes(body);
            for (int at = 0; at + 1 < body.length; at += 8) {
                if (random.nextInt(4) != 0) {
                    body[at] = (byte) headers[random.nextInt(4)];
                    body[at + 1] = (byte) random.nextInt(3);
                }
            }
            try (Arena own = Arena.ofConfined()) {
                long packet = packet(own, headers[random.nextInt(4)], body);
                Outcome outcome = extensions.walk(packet, 40 + body.length);
                if (outcome == Outcome.UPPER_LAYER || outcome == Outcome.FRAGMENT) {
                    assertThat(extensions.offset()).isBetween(40, 40 + body.length);
                }
            }
        }
    }

    private Outcome walk(int firstHeader, String hex) {
        byte[] body = HexFormat.of().parseHex(hex.replace(" ", ""));
        return extensions.walk(packet(arena, firstHeader, body), 40 + body.length);
    }

    private static long packet(Arena arena, int firstHeader, byte[] body) {
        byte[] packet = new byte[40 + body.length];
        System.arraycopy(body, 0, packet, 40, body.length);
        long a = Bytes.of(arena, packet);
        Ipv6.write(a, 0, 0, body.length, firstHeader, 64, 0xfd77L << 48, 1, 0xfd77L << 48, 2);
        return a;
    }
}
