package dev.braid.stack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.tcp.RecoveryState;
import dev.braid.stack.tcp.TcpInfo;
import dev.braid.stack.tcp.TcpInfos;
import dev.braid.stack.tcp.TcpState;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/**
 * Where the fields of the kernel's {@code struct tcp_info} lie. The offsets are what offsetof() says with Linux 6.1's header up to
 * tcpi_snd_wnd at 228, where the structure ended then; newer kernels put theirs behind it.
 */
final class TcpInfoLayoutTest {
    private final TcpInfo info = TcpInfos.blank();

    private ByteBuffer written() {
        try (Arena arena = Arena.ofConfined()) {
            long address = Memory.allocate(arena, TcpInfoLayout.LENGTH, 8);
            assertThat(TcpInfoLayout.write(info, address, 4096)).isEqualTo(280);
            byte[] bytes = new byte[TcpInfoLayout.LENGTH];
            Memory.copyOut(address, bytes, 0, bytes.length);
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    @Test
    void theFirstBytesAreStatesAndOptions() {
        info.state = TcpState.CLOSE_WAIT;
        info.caState = RecoveryState.RECOVERY;
        info.retransmits = 2;
        info.probes = 3;
        info.backoff = 300;
        info.timestamps = true;
        info.windowScaling = true;
        info.sndWscale = 7;
        info.rcvWscale = 10;
        info.deliveryRateAppLimited = true;
        byte[] first = new byte[8];
        written().get(first);
        assertThat(first).containsExactly(8, 3, 2, 3, 255, 5, 0xa7, 1);
    }

    @Test
    void sizesLieWhereTheKernelPutsThem() {
        info.sndMss = 1448;
        info.unacked = 24;
        info.pmtu = 1500;
        info.ssthresh = Long.MAX_VALUE;
        info.cwnd = 14_480;
        info.totalRetrans = 100;
        info.sndWnd = 228;
        info.rcvWnd = 232;
        ByteBuffer written = written();
        assertThat(written.getInt(16)).isEqualTo(1448);
        assertThat(written.getInt(24)).isEqualTo(24);
        assertThat(written.getInt(60)).isEqualTo(1500);
        assertThat(written.getInt(76)).as("TCP_INFINITE_SSTHRESH").isEqualTo(0x7fff_ffff);
        assertThat(written.getInt(80)).as("segments").isEqualTo(10);
        assertThat(written.getInt(100)).isEqualTo(100);
        assertThat(written.getInt(228)).isEqualTo(228);
        assertThat(written.getInt(232)).isEqualTo(232);
    }

    @Test
    void timesAreMicrosecondsOrMilliseconds() {
        info.rtoNs = 204_000_000;
        info.rttNs = 1_234_567;
        info.lastDataSentNs = 44_000_000;
        info.busyNs = 168_000;
        info.totalRto = 240;
        info.totalRtoRecoveries = 242;
        info.totalRtoTimeNs = 244_000_000;
        ByteBuffer written = written();
        assertThat(written.getInt(8)).isEqualTo(204_000);
        assertThat(written.getInt(44)).isEqualTo(44);
        assertThat(written.getInt(68)).isEqualTo(1234);
        assertThat(written.getInt(148)).as("no smallest round trip yet").isEqualTo(-1);
        assertThat(written.getLong(168)).isEqualTo(168);
        assertThat(written.getShort(240)).isEqualTo((short) 240);
        assertThat(written.getShort(242)).isEqualTo((short) 242);
        assertThat(written.getInt(244)).isEqualTo(244);
    }

    @Test
    void countsLieWhereTheKernelPutsThem() {
        info.pacingRate = 104L << 32;
        info.bytesAcked = 120;
        info.segsOut = 136;
        info.deliveryRate = 160;
        info.delivered = 192;
        info.bytesSent = 200;
        info.dsackDups = 216;
        info.rcvOoopack = 1L << 40;
        ByteBuffer written = written();
        assertThat(written.getLong(104)).isEqualTo(104L << 32);
        assertThat(written.getLong(112)).as("no bound").isEqualTo(-1);
        assertThat(written.getLong(120)).isEqualTo(120);
        assertThat(written.getInt(136)).isEqualTo(136);
        assertThat(written.getLong(160)).isEqualTo(160);
        assertThat(written.getInt(192)).isEqualTo(192);
        assertThat(written.getLong(200)).isEqualTo(200);
        assertThat(written.getInt(216)).isEqualTo(216);
        assertThat(written.getInt(224)).as("stops at the end of its field").isEqualTo(-1);
    }

    @Test
    void aShorterStructureGetsItsBeginning() {
        info.rtoNs = 1_000;
        info.sndMss = 1448;
        try (Arena arena = Arena.ofConfined()) {
            long address = Memory.allocate(arena, 24, 8);
            assertThat(TcpInfoLayout.write(info, address, 12)).isEqualTo(12);
            assertThat(Memory.nativeI32(address + 8)).isEqualTo(1);
            assertThat(Memory.nativeI32(address + 16)).as("behind its end").isZero();
        }
    }
}
