package dev.braid.fastpath.checksum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.testing.Allocations;
import dev.braid.testing.Bytes;
import dev.braid.testing.Rfc;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    private final Arena arena = Arena.ofConfined();
    private final Random random = new Random(4);

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    @Rfc({"1071", "3"})
    void theExampleOfTheRfcComesOut() {
        long a = Bytes.of(arena, "0001 f203 f4f5 f6f7");
        assertThat(Checksum.fold(Checksum.sum(a, 8, 0))).isEqualTo(0xddf2);
        assertThat(Checksum.finish(Checksum.sum(a, 8, 0))).isEqualTo(0x220d);
    }

    @Test
    @Rfc({"1071", "1"})
    void anyLengthAtAnyAlignmentSumsAsByteByByte() {
        byte[] bytes = new byte[2000];
        random.nextBytes(bytes);
        long a = Bytes.of(arena, bytes);
        for (int from = 0; from < 9; from++) {
            for (int length = 0; length < 140; length++) {
                assertThat(Checksum.fold(Checksum.sum(a + from, length, 0)))
                        .as("%s bytes from %s", length, from)
                        .isEqualTo(slowSum(bytes, from, length));
            }
            for (int length = 1455; length < 1480; length++) {
                assertThat(Checksum.fold(Checksum.sum(a + from, length, 0))).isEqualTo(slowSum(bytes, from, length));
            }
        }
    }

    @Test
    void noCarryIsLostInTheLargestPacket() {
        byte[] bytes = new byte[65_535];
        Arrays.fill(bytes, (byte) 0xff);
        long a = Bytes.of(arena, bytes);
        assertThat(Checksum.fold(Checksum.sum(a, bytes.length, 0))).isEqualTo(slowSum(bytes, 0, bytes.length));
        random.nextBytes(bytes);
        Memory.copyIn(bytes, 0, a, bytes.length);
        assertThat(Checksum.fold(Checksum.sum(a, bytes.length, 0))).isEqualTo(slowSum(bytes, 0, bytes.length));
    }

    @Test
    @Rfc({"1071", "2"})
    void piecesOfAnyLengthSumAsTheWhole() {
        byte[] bytes = new byte[1500];
        for (int round = 0; round < 500; round++) {
            random.nextBytes(bytes);
            long a = Bytes.of(arena, bytes);
            long sum = 0;
            int at = 0;
            while (at < bytes.length) {
                int piece = Math.min(random.nextInt(200), bytes.length - at);
                sum = Checksum.sumAt(a + at, piece, sum, at);
                at += piece;
            }
            assertThat(Checksum.fold(sum)).isEqualTo(slowSum(bytes, 0, bytes.length));
        }
    }

    @Test
    void foldingLosesNoCarryOfAnySum() {
        assertThat(Checksum.fold(0)).isZero();
        assertThat(Checksum.fold(Long.MAX_VALUE)).isEqualTo(foldSlowly(Long.MAX_VALUE));
        assertThat(Checksum.fold(0x0000_0001_ffff_ffffL)).isEqualTo(1);
        for (int i = 0; i < 100_000; i++) {
            long sum = random.nextLong() >>> (1 + random.nextInt(60));
            assertThat(Checksum.fold(sum)).isEqualTo(foldSlowly(sum));
        }
    }

    @Test
    @Rfc({"1624", "4"})
    void theExampleOfTheUpdateRfcComesOut() {
        assertThat(Checksum.update16(0xdd2f, 0x5555, 0x3285)).isZero();
    }

    @Test
    @Rfc({"1624", "3"})
    void anUpdatedChecksumEqualsARecomputedOne() {
        byte[] bytes = new byte[40];
        for (int round = 0; round < 20_000; round++) {
            random.nextBytes(bytes);
            long a = Bytes.of(arena, bytes);
            int checksum = Checksum.finish(Checksum.sum(a, 40, 0));
            int at = 2 * random.nextInt(19);
            int newNumber = random.nextInt();
            int updated = Checksum.update32(checksum, Memory.i32(a + at), newNumber);
            Memory.put32(a + at, newNumber);
            assertThat(updated).isEqualTo(Checksum.finish(Checksum.sum(a, 40, 0)));
            int newWord = random.nextInt(1 << 16);
            updated = Checksum.update16(updated, Memory.u16(a + at), newWord);
            Memory.put16(a + at, newWord);
            assertThat(updated).isEqualTo(Checksum.finish(Checksum.sum(a, 40, 0)));
        }
    }

    @Test
    @Rfc({"9293", "3.1"})
    void onePseudoHeaderServesBothFamilies() {
        for (int round = 0; round < 1000; round++) {
            int src = random.nextInt();
            int dst = random.nextInt();
            IpAddress from = IpAddress.ofIpv4(src);
            IpAddress to = IpAddress.ofIpv4(dst);
            assertThat(Checksum.fold(Checksum.pseudoHeader(from.hi(), from.lo(), to.hi(), to.lo(), 6, 1480)))
                    .isEqualTo(Checksum.fold(Checksum.pseudoHeader(src, dst, 6, 1480)));
        }
        long bytes = Bytes.of(arena, "0a4d0001 0a4d0002 00 06 05c8");
        assertThat(Checksum.fold(Checksum.pseudoHeader(0x0a4d0001, 0x0a4d0002, 6, 1480)))
                .isEqualTo(Checksum.fold(Checksum.sum(bytes, 12, 0)));
    }

    @Test
    @Rfc({"8200", "8.1"})
    void theIpv6PseudoHeaderIsItsBytesSum() {
        long bytes = Bytes.of(
                arena, "20010db8 00000000 00000000 00000001 fd77ffff ffffffff ffffffff fffffffe 0000ffff 0000003a");
        long sum = Checksum.pseudoHeader(
                Memory.i64(bytes), Memory.i64(bytes + 8), Memory.i64(bytes + 16), Memory.i64(bytes + 24), 58, 65_535);
        assertThat(Checksum.fold(sum)).isEqualTo(Checksum.fold(Checksum.sum(bytes, 40, 0)));
    }

    @Test
    void summingAllocatesNothing() {
        long a = Bytes.of(arena, new byte[1500]);
        assertThat(Allocations.perRun(() -> Checksum.sumAt(a, 1460, 5, 3))).isZero();
    }

    /** One's complement addition is arithmetic modulo 65,535, with ffff for the zero of any sum but 0. */
    private static int foldSlowly(long sum) {
        int rest = (int) (sum % 65_535);
        return rest == 0 && sum != 0 ? 0xffff : rest;
    }

    private static int slowSum(byte[] bytes, int from, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (bytes[from + i] & 0xff) << ((i & 1) == 0 ? 8 : 0);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
