package dev.braid.fastpath.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.testing.Allocations;
import dev.braid.testing.Bytes;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SipHashTest {
    /** From the reference implementation's test vectors: key 00..0f, input 00, 01, 02 … */
    @ParameterizedTest
    @CsvSource({
        "0, 726fdb47dd0e0e31", "1, 74f839c593dc67fd", "7, ab0200f58b01d137", "8, 93f5f5799a932462",
        "15, a129ca6149be45e5", "16, 3f2acc7f57c29bdb", "48, e612a3cb9ecba951", "63, 958a324ceb064572",
    })
    void sip24MatchesTheReference(int length, String expected) {
        SipHash hash = SipHash.sip24(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        assertThat(hashOfCounting(hash, length)).isEqualTo(Long.parseUnsignedLong(expected, 16));
    }

    /** What CPython 3.11, whose string hash is SipHash-1-3, says of bytes(range(n)) under an all-zero key. */
    @ParameterizedTest
    @CsvSource({
        "1, 68a914128e01e473", "7, 2f098ab0c751325a", "8, ead411e67ebe2eea", "9, 75927f9d95124362",
        "15, f30eb725bb91c9ea", "16, 8972188433a5c5b7", "48, fe1f2445ba50237f", "63, 385d3e39e5f37359",
    })
    void sip13MatchesAnotherImplementation(int length, String expected) {
        assertThat(hashOfCounting(SipHash.sip13(0, 0), length)).isEqualTo(Long.parseUnsignedLong(expected, 16));
    }

    @Test
    void wordsHashAsTheirBytes() {
        SipHash hash = SipHash.sip24(1, 2);
        try (Arena arena = Arena.ofConfined()) {
            long at = Bytes.of(arena, "0807060504030201 f8f7f6f5f4f3f2f1");
            assertThat(hash.begin().add(0x0102030405060708L).add(0xf1f2f3f4f5f6f7f8L).finish())
                    .isEqualTo(hash.hash(at, 16));
        }
    }

    @Test
    void bothHalvesOfTheKeyCount() {
        long value = SipHash.sip13(1, 2).begin().add(7).finish();
        assertThat(SipHash.sip13(1, 3).begin().add(7).finish()).isNotEqualTo(value);
        assertThat(SipHash.sip13(3, 2).begin().add(7).finish()).isNotEqualTo(value);
        assertThat(SipHash.sip13(1, 2).begin().add(7).finish()).isEqualTo(value);
    }

    @Test
    void hashingAllocatesNothing() {
        SipHash hash = SipHash.sip13(1, 2);
        assertThat(Allocations.perRun(() -> hash.begin().add(1).add(2).finish())).isZero();
    }

    private static long hashOfCounting(SipHash hash, int length) {
        try (Arena arena = Arena.ofConfined()) {
            long at = Bytes.of(arena, new byte[length]);
            for (int i = 0; i < length; i++) {
                Memory.put8(at + i, i);
            }
            return hash.hash(at, length);
        }
    }
}
