package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.testing.Allocation;
import dev.braid.testing.Leaks;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiveQueueTest {
    private static final int HEADERS = 52;

    private final Arena arena = Arena.ofConfined();
    private final FramePool pool = new FramePool(arena, 1024, 64, false);
    private final ReceiveQueue queue = new ReceiveQueue(pool);
    private final long scratch = Memory.allocate(arena, 1 << 20, 64);

    @AfterEach
    void nothingLeaks() {
        queue.clear();
        assertThat(queue.available()).isZero();
        assertThat(queue.trueSize()).isZero();
        Leaks.none(pool);
        arena.close();
    }

    @Test
    void tinySegmentsShareOneSlot() {
        for (int i = 0; i < 500; i++) {
            queue.append(received(bytes(i, 1), false));
        }
        assertThat(queue.available()).isEqualTo(500);
        assertThat(queue.trueSize()).isEqualTo(FramePool.MTU_SLOT_BYTES);
        assertThat(pool.inUse()).isEqualTo(1);
    }

    @Test
    void littleDataInALargeSlotMovesToASmallOne() {
        queue.append(received(bytes(1, 1000), true));
        assertThat(queue.trueSize()).isEqualTo(FramePool.MTU_SLOT_BYTES);
        queue.append(received(bytes(2, 30_000), true));
        assertThat(queue.trueSize()).isEqualTo(FramePool.MTU_SLOT_BYTES + FramePool.SUPER_SLOT_BYTES);
    }

    @Test
    void smallSuperFramesFillTheLargeSlotBeforeThem() {
        queue.append(received(bytes(1, 20_000), true));
        queue.append(received(bytes(2, 4_000), true));
        queue.append(received(bytes(3, 1_448), false));
        assertThat(pool.inUse()).isEqualTo(1);
        assertThat(queue.available()).isEqualTo(25_448);
    }

    @Test
    void sharedFrameIsNeverWrittenTo() {
        Frame first = received(bytes(1, 100), false);
        Frame clone = Objects.requireNonNull(pool.cloneOf(first));
        queue.append(first);
        queue.append(received(bytes(2, 100), false));
        assertThat(pool.inUse()).isEqualTo(3);
        clone.release();
    }

    @Test
    void frameWithoutPayloadIsReleased() {
        queue.append(received(new byte[0], false));
        assertThat(pool.inUse()).isZero();
        assertThat(queue.peek()).isNull();
    }

    @Test
    void takenFrameIsTheCallersAndHoldsWhatIsUnread() {
        queue.append(received(bytes(1, 1000), false));
        assertThat(queue.copyOut(scratch, 300)).isEqualTo(300);
        Frame frame = Objects.requireNonNull(queue.take());
        assertThat(frame.linearLength() - frame.payloadOffset()).isEqualTo(700);
        assertThat(queue.available()).isZero();
        assertThat(queue.trueSize()).isZero();
        frame.release();
    }

    @Test
    void randomArrivalsAndReadsAgreeWithAByteStream() {
        for (int seed = 0; seed < 20; seed++) {
            compareWithModel(new Random(seed));
        }
    }

    private void compareWithModel(Random random) {
        var written = new ByteArrayOutputStream();
        var read = new ByteArrayOutputStream();
        for (int step = 0; step < 300; step++) {
            if (random.nextInt(5) < 2 && pool.inUse() < 60) {
                boolean large = random.nextBoolean();
                byte[] payload = bytes(step, random.nextInt(large ? 60_000 : 1460));
                written.writeBytes(payload);
                queue.append(received(payload, large));
            } else {
                read(random, read);
            }
            assertThat(queue.available()).isEqualTo(written.size() - read.size());
            assertThat(queue.trueSize()).isGreaterThanOrEqualTo(queue.available());
        }
        readBytes(queue.available(), read);
        assertThat(read.toByteArray()).isEqualTo(written.toByteArray());
        assertThat(queue.trueSize()).isZero();
    }

    private void read(Random random, ByteArrayOutputStream read) {
        int wanted = random.nextInt(80_000);
        switch (random.nextInt(3)) {
            case 0 -> readBytes(wanted, read);
            case 1 -> {
                int skip = random.nextInt(1 + queue.available());
                int peeked = queue.peekOut(skip, scratch, wanted);
                assertThat(peeked).isEqualTo(Math.min(wanted, queue.available() - skip));
                byte[] seen = out(peeked);
                readBytes(skip, read);
                assertThat(queue.peekOut(0, scratch, peeked)).isEqualTo(peeked);
                assertThat(out(peeked)).isEqualTo(seen);
            }
            default -> {
                Frame frame = queue.take();
                if (frame != null) {
                    int unread = frame.linearLength() - frame.payloadOffset();
                    Memory.copy(frame.data() + frame.payloadOffset(), scratch, unread);
                    read.writeBytes(out(unread));
                    frame.release();
                }
            }
        }
    }

    private void readBytes(int length, ByteArrayOutputStream read) {
        read.writeBytes(out(queue.copyOut(scratch, Math.min(length, 1 << 20))));
    }

    @Test
    void steadyReceivingAllocatesNothing() {
        long bytes = Allocation.inSteadyState(() -> {
            for (int i = 0; i < 5_000; i++) {
                queue.append(bare(1448, i % 7 == 0));
                if (i % 5 == 4) {
                    queue.copyOut(scratch, 1448 * 5);
                }
            }
        });
        assertThat(bytes).isZero();
    }

    @Test
    void whereMemoryMattersASuperFrameIsMovedToSmallSlots() {
        byte[] data = bytes(1, 20_000);
        queue.appendPacked(received(data, true));
        int pieces = (20_000 + FramePool.MTU_ROOM - 1) / FramePool.MTU_ROOM;
        assertThat(queue.trueSize()).isEqualTo((long) pieces * FramePool.MTU_SLOT_BYTES);
        assertThat(pool.inUse()).isEqualTo(pieces);
        assertThat(queue.copyOut(scratch, 20_000)).isEqualTo(20_000);
        assertThat(out(20_000)).isEqualTo(data);
        queue.appendPacked(received(bytes(2, 60_000), true));
        assertThat(pool.inUse()).as("one that uses its slot stays").isEqualTo(1);
    }

    @Test
    void whatFindsNoSmallSlotStaysInItsLargeOne() {
        byte[] data = bytes(1, 20_000);
        Frame large = received(data, true);
        List<Frame> others = new ArrayList<>();
        for (Frame other = pool.takeMtu(); other != null; other = pool.takeMtu()) {
            others.add(other);
        }
        for (int i = 0; i < 3; i++) {
            others.removeLast().release();
        }
        queue.appendPacked(large);
        assertThat(queue.available()).isEqualTo(20_000);
        assertThat(queue.copyOut(scratch, 20_000)).isEqualTo(20_000);
        assertThat(out(20_000)).isEqualTo(data);
        others.forEach(Frame::release);
    }

    @Test
    void packingDoesNotAllocate() {
        long bytes = Allocation.inSteadyState(() -> {
            for (int i = 0; i < 2_000; i++) {
                queue.appendPacked(bare(20_000, true));
                queue.copyOut(scratch, 20_000);
            }
        });
        assertThat(bytes).isZero();
    }

    private Frame received(byte[] payload, boolean large) {
        Frame frame = bare(payload.length, large);
        Memory.copyIn(payload, 0, frame.data() + HEADERS, payload.length);
        return frame;
    }

    private Frame bare(int length, boolean large) {
        Frame frame = Objects.requireNonNull(large ? pool.takeSuper() : pool.takeMtu());
        frame.resize(HEADERS + length);
        return frame.payloadOffset(HEADERS);
    }

    private byte[] out(int length) {
        byte[] copy = new byte[length];
        Memory.copyOut(scratch, copy, 0, length);
        return copy;
    }

    private static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
