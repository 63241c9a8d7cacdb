package dev.braid.tundriver.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.tundriver.sys.Descriptors;
import dev.braid.tundriver.tun.TunQueue;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A named pipe plays the TUN, so that frames can be given which no kernel should send. */
class TunReceiverTest {
    private static final int HEADER = TunQueue.HEADER_BYTES;
    private static final int NEEDS_CSUM = 1;
    private static final int GSO_TCP4 = 1;

    private final Arena arena = Arena.ofConfined();
    private final FramePool frames = new FramePool(arena, 8, 2, true);
    private final Counters counters = Counters.inMemory(arena, 64);
    private final long packet = Memory.allocate(arena, 1 << 17, 8);
    private int pipe;
    private TunReceiver receiver;

    @BeforeEach
    void openPipe(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("tun");
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
        pipe = Descriptors.open(file.toString(), Descriptors.O_RDWR | Descriptors.O_NONBLOCK);
        receiver = new TunReceiver(arena, new TunQueue(pipe), Preamble.TUN, frames, new TunCounters(counters, "Tun"));
    }

    @AfterEach
    void nothingIsLeft() {
        receiver.close();
        assertThat(frames.leaks()).isEmpty();
        Descriptors.close(pipe);
        arena.close();
    }

    /** Puts an IPv4 packet of random content, but with a sound header, behind a zero virtio header. */
    private void write(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        Memory.copyIn(content, 0, packet + HEADER, length);
        if (length >= Ipv4.MIN_HEADER) {
            Ipv4.write(packet + HEADER, 0, length, 0, 0, 64, Protocol.UDP, 1, 2);
        }
    }

    private @Nullable Frame deliver(int length) {
        assertThat(Descriptors.write(pipe, packet, HEADER + length)).isEqualTo(HEADER + length);
        return receiver.frame(receiver.read());
    }

    private void assertSame(@Nullable Frame frame, int length) {
        assertThat(frame).isNotNull();
        assertThat(frame.linearLength()).isEqualTo(length);
        byte[] is = new byte[length];
        byte[] should = new byte[length];
        Memory.copyOut(frame.data(), is, 0, length);
        Memory.copyOut(packet + HEADER, should, 0, length);
        assertThat(is).isEqualTo(should);
        frame.release();
    }

    @Test
    void aPacketThatFitsComesInASmallFrame() {
        write(FramePool.MTU_ROOM);
        Frame frame = deliver(FramePool.MTU_ROOM);
        assertThat(frame).isNotNull();
        assertThat(frame.isSuper()).isFalse();
        assertSame(frame, FramePool.MTU_ROOM);
    }

    @Test
    void aPacketThatSpillsByOneByteIsContiguousInALargeFrame() {
        write(FramePool.MTU_ROOM + 1);
        Frame frame = deliver(FramePool.MTU_ROOM + 1);
        assertThat(frame).isNotNull();
        assertThat(frame.isSuper()).isTrue();
        assertSame(frame, FramePool.MTU_ROOM + 1);
    }

    @Test
    void theSmallAndTheLargeFrameAreUsedAgainUntilTaken() {
        for (int i = 0; i < 20; i++) {
            write(3_000 + i);
            assertSame(deliver(3_000 + i), 3_000 + i);
            write(100 + i);
            assertSame(deliver(100 + i), 100 + i);
        }
        assertThat(frames.inUse()).isLessThanOrEqualTo(2);
    }

    @Test
    void aPacketWithoutContentIsARunt() {
        assertThat(deliver(0)).isNull();
        assertThat(counters.value("TunReceiveDropRunt")).isEqualTo(1);
    }

    @Test
    void aChecksumOutsideThePacketIsDroppedUnderItsName() {
        write(200);
        Memory.put8(packet, NEEDS_CSUM);
        Memory.putNative16(packet + 6, 190);
        Memory.putNative16(packet + 8, 60);
        assertThat(deliver(200)).isNull();
        assertThat(counters.value("TunReceiveDropVirtioChecksumPlace")).isEqualTo(1);
    }

    @Test
    void aTypeThatContradictsThePacketIsDroppedUnderItsName() {
        write(200);
        Memory.put8(packet + 1, GSO_TCP4);
        Memory.putNative16(packet + 4, 100);
        assertThat(deliver(200)).isNull();
        assertThat(counters.value("TunReceiveDropVirtioGsoType")).isEqualTo(1);
    }

    @Test
    void aDropDoesNotDisturbTheNextPacket() {
        aTypeThatContradictsThePacketIsDroppedUnderItsName();
        Memory.zero(packet, HEADER);
        write(5_000);
        assertSame(deliver(5_000), 5_000);
    }

    @Test
    void superPacketsAreDroppedUnderANameWhenNoLargeFrameIsLeft() {
        Frame first = frames.takeSuper();
        Frame second = frames.takeSuper();
        assertThat(first).isNotNull();
        assertThat(second).isNotNull();
        write(5_000);
        assertThat(deliver(5_000)).isNull();
        assertThat(counters.value("TunReceiveDropNoFrame")).isEqualTo(1);
        write(500);
        assertSame(deliver(500), 500);
        first.release();
        second.release();
        write(5_000);
        assertSame(deliver(5_000), 5_000);
    }
}
