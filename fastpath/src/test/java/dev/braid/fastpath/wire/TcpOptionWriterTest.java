package dev.braid.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Bytes;
import dev.braid.testing.Rfc;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpOptionWriterTest {
    private final Arena arena = Arena.ofConfined();
    private final long at = Bytes.of(arena, new byte[64]);

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void aSynLooksLikeLinuxs() {
        assertThat(written(TcpOptionWriter.writeSyn(at, 1460, true, 7, true, 0x11223344, 0)))
                .isEqualTo("020405b4" + "0402" + "080a1122334400000000" + "01" + "030307");
    }

    @Test
    void aSynWithoutTimestampsLooksLikeLinuxs() {
        assertThat(written(TcpOptionWriter.writeSyn(at, 1460, true, 7, false, 0, 0)))
                .isEqualTo("020405b4" + "01010402" + "01030307");
    }

    @Test
    void aSynWithLessIsStillAligned() {
        assertThat(written(TcpOptionWriter.writeSyn(at, 536, false, TcpOptionWriter.NO_WINDOW_SCALE, false, 0, 0)))
                .isEqualTo("02040218");
        assertThat(written(TcpOptionWriter.writeSyn(at, 536, false, 0, true, 1, 2)))
                .isEqualTo("02040218" + "0101080a0000000100000002" + "01030300");
    }

    @Test
    @Rfc({"7323", "A"})
    void dataCarriesAlignedTimestampsAndSack() {
        int length = TcpOptionWriter.writeAlignedTimestamps(at, 1, 2);
        length += TcpOptionWriter.writeAlignedSack(at + length, new int[] {10, 20, -1, 5, 99, 99}, 2);
        assertThat(written(length))
                .isEqualTo("0101080a0000000100000002" + "01010512" + "0000000a00000014" + "ffffffff00000005");
    }

    @Test
    void optionSpaceSaysHowManySackBlocksFit() {
        assertThat(TcpOptionWriter.sackBlocksIn(40)).isEqualTo(4);
        assertThat(TcpOptionWriter.sackBlocksIn(28)).isEqualTo(3);
        assertThat(TcpOptionWriter.sackBlocksIn(12)).isEqualTo(1);
        assertThat(TcpOptionWriter.sackBlocksIn(11)).isZero();
        assertThat(TcpOptionWriter.sackBlocksIn(0)).isZero();
    }

    @Test
    void aFastOpenCookieIsPadded() {
        long cookie = Bytes.of(arena, "a1a2a3a4a5a6a7a8");
        assertThat(written(TcpOptionWriter.writeFastOpen(at, cookie, 8))).isEqualTo("220aa1a2a3a4a5a6a7a80101");
        assertThat(written(TcpOptionWriter.writeFastOpen(at, cookie, 0))).isEqualTo("22020101");
        assertThat(written(TcpOptionWriter.writeFastOpen(at, cookie, 6))).isEqualTo("2208a1a2a3a4a5a6");
    }

    @Test
    void whatIsWrittenIsParsed() {
        TcpOptions options = new TcpOptions();
        int length = TcpOptionWriter.writeSyn(at, 1400, true, 14, true, -5, 6);
        assertThat(options.parse(at, length, OptionSink.IGNORE)).isTrue();
        assertThat(options.mss()).isEqualTo(1400);
        assertThat(options.windowScale()).isEqualTo(14);
        assertThat(options.tsVal()).isEqualTo(-5);
        assertThat(options.tsEcr()).isEqualTo(6);
        assertThat(options.has(TcpOptions.SACK_PERMITTED)).isTrue();
    }

    private String written(int length) {
        return Bytes.hex(at, length);
    }
}
