package dev.braid.fastpath.frame;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameTest {
    private static final ExtensionType MARK = ExtensionType.register("test-mark", 8);
    private static final ExtensionType NOTE = ExtensionType.register("test-note", 12);

    private final Arena arena = Arena.ofConfined();
    private final FramePool pool = new FramePool(arena, 16, 4, true);
    private final ChunkPool chunks = new ChunkPool(arena, 1 << 20, true);

    @AfterEach
    void nothingLeaked() {
        assertThat(pool.leaks()).isEmpty();
        assertThat(pool.inUse()).isZero();
        assertThat(pool.extensionsInUse()).isZero();
        assertThat(chunks.leaks()).isEmpty();
        assertThat(chunks.inUse()).isZero();
        arena.close();
    }

    private Frame mtu() {
        return Objects.requireNonNull(pool.takeMtu());
    }

    @Test
    void aSpanOutsideTheDataIsRefused() {
        Frame frame = mtu();
        frame.resize(100);
        assertThat(frame.require(0, 100)).isEqualTo(frame.data());
        assertThat(frame.require(100, 0)).isEqualTo(frame.data() + 100);
        assertThatThrownBy(() -> frame.require(0, 101)).isInstanceOf(FrameBoundsException.class);
        assertThatThrownBy(() -> frame.require(-1, 2)).isInstanceOf(FrameBoundsException.class);
        assertThatThrownBy(() -> frame.require(1, -1)).isInstanceOf(FrameBoundsException.class);
        assertThatThrownBy(() -> frame.require(Integer.MAX_VALUE, 1)).isInstanceOf(FrameBoundsException.class);
        assertThatThrownBy(() -> frame.require(1, Integer.MAX_VALUE)).isInstanceOf(FrameBoundsException.class);
        frame.release();
    }

    @Test
    void aFrameCannotOutgrowItsSlot() {
        Frame frame = mtu();
        frame.resize(FramePool.MTU_ROOM);
        assertThatThrownBy(() -> frame.resize(FramePool.MTU_ROOM + 1)).isInstanceOf(FrameBoundsException.class);
        frame.pushFront(Frame.HEADROOM_BYTES);
        assertThatThrownBy(() -> frame.pushFront(1)).isInstanceOf(FrameBoundsException.class);
        assertThat(frame.linearLength()).isEqualTo(FramePool.MTU_ROOM + Frame.HEADROOM_BYTES);
        frame.release();
    }

    @Test
    void aLargeSlotHoldsTheLargestPacket() {
        Frame frame = Objects.requireNonNull(pool.takeSuper());
        frame.resize(65_536);
        Memory.put8(frame.data() + 65_535, 0x5a);
        assertThat(Memory.u8(frame.require(65_535, 1))).isEqualTo(0x5a);
        frame.release();
    }

    @Test
    void metadataIsCleanInASlotThatIsUsedAgain() {
        Frame frame = mtu();
        frame.device(3).arrivalNs(4).flowHash(5).gso(Frame.GSO_TCP4, 1448).gsoEcn(true).partialChecksum(20, 16);
        frame.linkHeaderLength(14).transportOffset(20).payloadOffset(40);
        frame.resize(60);
        frame.pushFront(10);
        frame.release();
        Frame again = mtu();
        assertThat(again).isSameAs(frame);
        assertThat(again.device()).isZero();
        assertThat(again.arrivalNs()).isZero();
        assertThat(again.flowHash()).isZero();
        assertThat(again.gsoType()).isEqualTo(Frame.GSO_NONE);
        assertThat(again.gsoSize()).isZero();
        assertThat(again.gsoEcn()).isFalse();
        assertThat(again.checksumState()).isEqualTo(Frame.CHECKSUM_UNVERIFIED);
        assertThat(again.checksumStart()).isZero();
        assertThat(again.checksumOffset()).isZero();
        assertThat(again.linkHeaderLength()).isZero();
        assertThat(again.transportOffset()).isZero();
        assertThat(again.payloadOffset()).isZero();
        assertThat(again.length()).isZero();
        assertThat(again.room()).isEqualTo(FramePool.MTU_ROOM);
        again.release();
    }

    @Test
    void fragmentsHoldTheirChunksUntilTheFrameIsGone() {
        Chunk chunk = Objects.requireNonNull(chunks.take(100));
        Memory.copyIn("payload".getBytes(US_ASCII), 0, chunk.address(), 7);
        Frame frame = mtu();
        frame.resize(2);
        Memory.put16(frame.data(), 0x4142);
        frame.appendFragment(chunk, 0, 3);
        frame.appendFragment(chunk, 3, 4);
        chunk.release();
        assertThat(chunk.references()).isEqualTo(2);
        assertThat(frame.length()).isEqualTo(9);
        byte[] whole = new byte[9];
        long copy = Memory.allocate(arena, 9, 1);
        frame.copyTo(copy);
        Memory.copyOut(copy, whole, 0, 9);
        assertThat(new String(whole, US_ASCII)).isEqualTo("ABpayload");
        frame.release();
        assertThat(chunk.references()).isZero();
    }

    @Test
    void aCloneSharesDataUntilTheLastHolderIsGone() {
        Frame frame = mtu();
        frame.resize(4);
        Memory.put32(frame.data(), 0xcafe);
        frame.device(7);
        Frame clone = Objects.requireNonNull(pool.cloneOf(frame));
        Frame cloneOfClone = Objects.requireNonNull(pool.cloneOf(clone));
        frame.release();
        clone.release();
        assertThat(pool.inUse()).isEqualTo(2);
        assertThat(Memory.i32(cloneOfClone.require(0, 4))).isEqualTo(0xcafe);
        assertThat(cloneOfClone.device()).isEqualTo(7);
        cloneOfClone.release();
    }

    @Test
    void extensionsAreCopiedWhenAHolderOfAClonesBlockWrites() {
        Frame frame = mtu();
        assertThat(frame.hasExtensions()).isFalse();
        assertThat(frame.extensions().find(MARK)).isZero();
        Memory.putNative64(frame.extensions().writable(MARK), 1);
        Frame clone = Objects.requireNonNull(pool.cloneOf(frame));
        assertThat(clone.extensions().find(MARK)).isEqualTo(frame.extensions().find(MARK));
        assertThat(pool.extensionsInUse()).isOne();
        Memory.putNative64(clone.extensions().writable(MARK), 2);
        assertThat(pool.extensionsInUse()).isEqualTo(2);
        assertThat(Memory.nativeI64(frame.extensions().find(MARK))).isEqualTo(1);
        assertThat(Memory.nativeI64(clone.extensions().find(MARK))).isEqualTo(2);
        frame.release();
        clone.release();
    }

    @Test
    void anExtensionActivatedAnewIsZero() {
        Frame frame = mtu();
        Memory.putNative64(frame.extensions().writable(NOTE), -1);
        frame.release();
        Frame again = mtu();
        assertThat(again.extensions().has(NOTE)).isFalse();
        assertThat(Memory.nativeI64(again.extensions().writable(NOTE))).isZero();
        again.release();
    }

    @Test
    void framesWithOtherExtensionsAreNotTheSame() {
        Frame one = mtu();
        Frame other = mtu();
        assertThat(one.extensions().same(other.extensions())).isTrue();
        Memory.putNative64(one.extensions().writable(MARK), 5);
        assertThat(one.extensions().same(other.extensions())).isFalse();
        Memory.putNative64(other.extensions().writable(MARK), 5);
        assertThat(one.extensions().same(other.extensions())).isTrue();
        Memory.putNative64(other.extensions().writable(MARK), 6);
        assertThat(one.extensions().same(other.extensions())).isFalse();
        one.release();
        other.release();
    }

    @Test
    void anExtensionNameIsTakenOnce() {
        assertThatThrownBy(() -> ExtensionType.register("test-mark", 8)).hasMessageContaining("test-mark");
        assertThatThrownBy(() -> ExtensionType.register("test-huge", 1000)).hasMessageContaining("no room");
    }

    @Test
    void aPoolAtItsLimitAnswersNothingAndRecovers() {
        var held = new ArrayList<Frame>();
        for (Frame frame = pool.takeMtu(); frame != null; frame = pool.takeMtu()) {
            held.add(frame);
        }
        assertThat(held).hasSize(16);
        held.removeLast().release();
        held.add(mtu());
        held.forEach(Frame::release);
    }

    @Test
    void aDropIsCounted() {
        var reason = Counters.inMemory(arena, 1).counter("DropTest");
        mtu().drop(reason);
        assertThat(reason.value()).isOne();
    }

    @Test
    void aLeakIsReportedWithThePlaceItCameFrom() {
        Frame lost = mtu();
        assertThat(pool.leaks()).singleElement().asString().contains("FrameTest");
        lost.release();
    }

    @Test
    void aSecondReleaseIsRefused() {
        Frame frame = mtu();
        frame.release();
        assertThatThrownBy(frame::release).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFrameFromAnotherThreadComesHome() throws InterruptedException {
        Frame frame = mtu();
        Thread other = Thread.ofPlatform().start(() -> pool.comeHome(frame));
        other.join();
        assertThat(pool.inUse()).isOne();
        assertThat(pool.welcomeHome()).isOne();
    }
}
