package dev.braid.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Allocations;
import dev.braid.testing.Bytes;
import dev.braid.testing.Rfc;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TcpOptionsTest {
    private final Arena arena = Arena.ofConfined();
    private final TcpOptions options = new TcpOptions();
    private final List<String> unknown = new ArrayList<>();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void aLinuxSynIsUnderstood() {
        assertThat(parse("020405b4 0402 080a 00112233 00000000 01 030307")).isTrue();
        assertThat(options.present())
                .isEqualTo(
                        TcpOptions.MSS | TcpOptions.SACK_PERMITTED | TcpOptions.TIMESTAMPS | TcpOptions.WINDOW_SCALE);
        assertThat(options.mss()).isEqualTo(1460);
        assertThat(options.tsVal()).isEqualTo(0x00112233);
        assertThat(options.tsEcr()).isZero();
        assertThat(options.windowScale()).isEqualTo(7);
    }

    @Test
    void alignedTimestampsAloneAreUnderstood() {
        assertThat(parse("0101080a fedcba98 01020304")).isTrue();
        assertThat(options.present()).isEqualTo(TcpOptions.TIMESTAMPS);
        assertThat(options.tsVal()).isEqualTo(0xfedcba98);
        assertThat(options.tsEcr()).isEqualTo(0x01020304);
    }

    @Test
    @Rfc({"2018", "3"})
    void sackBlocksAreUnderstood() {
        assertThat(parse("0101 051a 00000001 00000002 fffffff0 00000010 7fffffff 80000000")).isTrue();
        assertThat(options.sackBlocks()).isEqualTo(3);
        assertThat(options.sackLeft(1)).isEqualTo(-16);
        assertThat(options.sackRight(1)).isEqualTo(16);
        assertThat(options.sackRight(2)).isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    @Rfc({"7323", "2.3"})
    void aLargerWindowScaleIsTakenForFourteen() {
        parse("01 03030f");
        assertThat(options.windowScale()).isEqualTo(14);
        parse("01 0303ff");
        assertThat(options.windowScale()).isEqualTo(14);
        parse("01 03030e");
        assertThat(options.windowScale()).isEqualTo(14);
    }

    @Test
    @Rfc({"7413", "4.1.1"})
    void fastOpenCookiesAndRequestsAreUnderstood() {
        long a = Bytes.of(arena, "2206 a1a2a3a4 0101");
        assertThat(options.parse(a, 8, OptionSink.IGNORE)).isTrue();
        assertThat(options.has(TcpOptions.FAST_OPEN)).isTrue();
        assertThat(options.fastOpenLength()).isEqualTo(4);
        assertThat(options.fastOpenAddress()).isEqualTo(a + 2);
        parse("2202 0101");
        assertThat(options.has(TcpOptions.FAST_OPEN)).isTrue();
        assertThat(options.fastOpenLength()).isZero();
        for (String bad : List.of("2204 a1a2", "2207 a1a2a3a4a5 01", "2214 " + "aa".repeat(18))) {
            assertThat(parse(bad)).isTrue();
            assertThat(options.has(TcpOptions.FAST_OPEN)).as(bad).isFalse();
        }
    }

    @Test
    void optionsOfOthersGoToTheSinkWithTheirPlace() {
        long a = Bytes.of(arena, "01 1e0400ff fd04f989 1305aabbcc 00");
        List<Long> places = new ArrayList<>();
        assertThat(options.parse(a, 15, (kind, address, length) -> {
            places.add(address - a);
            unknown.add(kind + ":" + length);
        }))
                .isTrue();
        assertThat(unknown).containsExactly("30:4", "253:4", "19:5");
        assertThat(places).containsExactly(1L, 5L, 9L);
        assertThat(options.present()).isEqualTo(TcpOptions.MPTCP);
    }

    @ParameterizedTest
    @Rfc({"9293", "3.1", "MUST-7"})
    @ValueSource(strings = {
        "020405b4 0300", // length 0
        "020405b4 0301", // length 1
        "020405b4 0303", // past the end
        "020405b4 03", // no length
        "020405b4 051a 00000001", // SACK past the end
        "020405b4 fe00 01010101", // unknown, length 0
        "020405b4 1e28 0000", // MPTCP past the end
    })
    void anImpossibleLengthEndsParsingButKeepsWhatCameBefore(String hex) {
        assertThat(parse(hex)).isFalse();
        assertThat(options.malformed()).isTrue();
        assertThat(options.present()).isEqualTo(TcpOptions.MSS);
        assertThat(options.mss()).isEqualTo(1460);
        assertThat(unknown).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0203 05, MSS of 1 byte",
        "0204 0000, MSS of 0",
        "0302, window scale without a shift",
        "0403 00, SACK permitted with a value",
        "0502, no SACK block",
        "0509 00000000 000000, less than a SACK block",
        "050b 00000000 00000000 00, more than a SACK block",
        "0809 00000000 000000, short timestamps",
    })
    void aKnownOptionOfWrongLengthIsSkipped(String hex, String what) {
        assertThat(parse(hex + "020405b4")).as(what).isTrue();
        assertThat(options.present()).as(what).isEqualTo(TcpOptions.MSS);
        assertThat(options.mss()).isEqualTo(1460);
        assertThat(options.sackBlocks()).isZero();
    }

    @Test
    void ofARepeatedOptionTheLastCounts() {
        parse("020405b4 02040400 0101080a 00000001 00000002 0101080a 00000003 00000004");
        assertThat(options.mss()).isEqualTo(1024);
        assertThat(options.tsVal()).isEqualTo(3);
    }

    @Test
    @Rfc({"9293", "3.1", "MUST-4"})
    void nothingBehindTheEndOfTheListIsRead() {
        assertThat(parse("01 00 020405b4 0300")).isTrue();
        assertThat(options.present()).isZero();
    }

    @Test
    void aParseForgetsTheOneBefore() {
        parse("020405b4 0101 050a 00000001 00000002");
        parse("");
        assertThat(options.present()).isZero();
        assertThat(options.sackBlocks()).isZero();
        parse("0300");
        options.clear();
        assertThat(options.malformed()).isFalse();
    }

    @Test
    void randomOptionsNeverLeadOutOfTheHeader() {
        Random random = new Random(3);
        int[] kinds = {0, 1, 1, 2, 3, 4, 5, 8, 30, 34, 253};
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(41)];
            random.nextBytes(bytes);
            for (int at = 0; at < bytes.length; at += 1 + random.nextInt(6)) {
                bytes[at] = (byte) kinds[random.nextInt(kinds.length)];
                if (at + 1 < bytes.length) {
                    bytes[at + 1] = (byte) random.nextInt(12);
                }
            }
            try (Arena own = Arena.ofConfined()) {
                long a = Bytes.of(own, bytes);
                options.parse(a, bytes.length, (kind, address, length) -> assertThat(
                        address >= a && length >= 2 && address + length <= a + bytes.length)
                        .isTrue());
                assertThat(options.sackBlocks()).isBetween(0, 4);
            }
        }
    }

    @Test
    void parsingAllocatesNothing() {
        long a = Bytes.of(arena, "0101080a fedcba98 01020304 0101 0512 00000001 00000002 00000005 00000008 1e040000");
        assertThat(Allocations.perRun(() -> options.parse(a, 36, OptionSink.IGNORE))).isZero();
    }

    private boolean parse(String hex) {
        long a = Bytes.of(arena, hex);
        int length = hex.replace(" ", "").length() / 2;
        return options.parse(a, length, (kind, address, size) -> unknown.add(kind + ":" + size));
    }
}
