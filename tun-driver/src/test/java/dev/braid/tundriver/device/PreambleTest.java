package dev.braid.tundriver.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class PreambleTest {
    private final Arena arena = Arena.ofAuto();
    private final long header = Memory.allocate(arena, 12, 8);

    private int checksumStart() {
        return Memory.nativeU16(header + 6);
    }

    private int headerLength() {
        return Memory.nativeU16(header + 2);
    }

    private void header(int flags, int gsoType) {
        Memory.put8(header, flags);
        Memory.put8(header + 1, gsoType);
        Memory.putNative16(header + 2, 54);
        Memory.putNative16(header + 6, 34);
    }

    @Test
    void offsetsCountFromThePacketInsideAndFromTheFrameOutside() {
        header(1, 1);
        Preamble.ETHERNET.fromLinkToPacket(header);
        assertThat(checksumStart()).isEqualTo(20);
        Preamble.ETHERNET.fromPacketToLink(header);
        assertThat(checksumStart()).isEqualTo(34);
        assertThat(headerLength()).isEqualTo(68);
    }

    @Test
    void whatIsNotSaidIsNotChanged() {
        header(0, 0);
        Preamble.ETHERNET.fromLinkToPacket(header);
        Preamble.ETHERNET.fromPacketToLink(header);
        assertThat(checksumStart()).isEqualTo(34);
        assertThat(headerLength()).isEqualTo(54);
    }

    @Test
    void aTunHasNothingInBetween() {
        header(1, 1);
        Preamble.TUN.fromLinkToPacket(header);
        Preamble.TUN.fromPacketToLink(header);
        assertThat(checksumStart()).isEqualTo(34);
        assertThat(headerLength()).isEqualTo(54);
        assertThat(Preamble.TUN.length()).isEqualTo(12);
        assertThat(Preamble.ETHERNET.length()).isEqualTo(24);
    }
}
