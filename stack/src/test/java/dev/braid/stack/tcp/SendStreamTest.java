package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.testing.Allocation;
import dev.braid.testing.Leaks;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SendStreamTest {
    private final Arena arena = Arena.ofConfined();
    private final FramePool frames = new FramePool(arena, 1024, 4, true);
    private final ChunkPool chunks = new ChunkPool(arena, 4 << 20, true);
    private final SendStream stream = new SendStream();

    @AfterEach
    void nothingLeaks() {
        stream.clear();
        Leaks.none(frames, chunks);
        arena.close();
    }

    @Test
    void smallWritesIntoOneChunkAreOneSpan() {
        Chunk chunk = chunk(4096);
        for (int i = 0; i < 100; i++) {
            stream.append(chunk, i * 10, 10);
        }
        assertThat(chunk.references()).isEqualTo(2);
        assertThat(stream.trueSize()).isEqualTo(chunk.capacity());
        Frame frame = frame();
        assertThat(stream.attach(frame, 5, 900)).isEqualTo(900);
        assertThat(frame.fragmentCount()).isEqualTo(1);
        frame.release();
        chunk.release();
    }

    @Test
    void frameKeepsItsBytesAfterTheStreamReleasedThem() {
        Chunk chunk = chunk(4096);
        Memory.put32(chunk.address() + 100, 0xCAFEBABE);
        stream.append(chunk, 0, 1000);
        chunk.release();
        Frame frame = frame();
        stream.attach(frame, 100, 4);

        stream.release(1000);
        assertThat(stream.bytes()).isZero();
        assertThat(chunk.references()).isEqualTo(1);
        assertThat(Memory.i32(frame.fragmentAddress(0))).isEqualTo(0xCAFEBABE);
        frame.release();
        assertThat(chunks.inUse()).isZero();
    }

    @Test
    void releaseStopsAtAnyByte() {
        Chunk chunk = chunk(4096);
        stream.append(chunk, 0, 100);
        chunk.release();
        stream.release(33);
        stream.release(20);
        assertThat(stream.start()).isEqualTo(33);
        assertThat(stream.bytes()).isEqualTo(67);
        assertThat(chunks.inUse()).isEqualTo(1);
        Frame frame = frame();
        assertThatThrownBy(() -> stream.attach(frame, 32, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> stream.attach(frame, 33, 68)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> stream.release(101)).isInstanceOf(IllegalArgumentException.class);
        frame.release();
    }

    @Test
    void attachStopsWhenTheFrameIsOutOfFragments() {
        for (int i = 0; i < Frame.MAX_FRAGMENTS + 5; i++) {
            Chunk chunk = chunk(4096);
            stream.append(chunk, 7, 10);
            chunk.release();
        }
        Frame frame = frame();
        assertThat(stream.attach(frame, 0, 250)).isEqualTo(Frame.MAX_FRAGMENTS * 10);
        frame.release();
    }

    @Test
    void emptySpansAndSpansOutsideTheChunkAreRefused() {
        Chunk chunk = chunk(4096);
        stream.append(chunk, 0, 0);
        assertThat(chunk.references()).isEqualTo(1);
        assertThatThrownBy(() -> stream.append(chunk, 4000, 97)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> stream.append(chunk, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        chunk.release();
    }

    @Test
    void randomWritesReadsAndReleasesAgreeWithAByteArray() {
        for (int seed = 0; seed < 30; seed++) {
            compareWithModel(new Random(seed));
            Leaks.none(frames, chunks);
        }
    }

    private void compareWithModel(Random random) {
        var model = new byte[1 << 17];
        var tested = new SendStream();
        var inFlight = new ArrayDeque<Frame>();
        Chunk chunk = chunk(4096);
        int used = 0;
        int end = 0;
        int start = 0;
        for (int step = 0; step < 400; step++) {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    if (used > 4000 || random.nextInt(10) == 0) {
                        chunk.release();
                        chunk = chunk(4096);
                        used = 0;
                    }
                    int length = Math.min(random.nextInt(300), 4096 - used);
                    byte[] written = new byte[length];
                    random.nextBytes(written);
                    System.arraycopy(written, 0, model, end, length);
                    Memory.copyIn(written, 0, chunk.address() + used, length);
                    tested.append(chunk, used, length);
                    used += length + random.nextInt(2);
                    end += length;
                }
                case 2 -> {
                    int from = start + random.nextInt(end - start + 1);
                    int length = random.nextInt(end - from + 1);
                    checkBytes(tested, model, from, length, inFlight);
                }
                default -> {
                    start += random.nextInt(end - start + 1);
                    tested.release(start);
                }
            }
            assertThat(tested.start()).isEqualTo(start);
            assertThat(tested.end()).isEqualTo(end);
            assertThat(tested.trueSize()).isEqualTo(start == end ? 0 : pinned(inFlight, chunk));
        }
        tested.clear();
        chunk.release();
        inFlight.forEach(Frame::release);
    }

    /** Frames are dropped first, so that every chunk out is the stream's or the one being written. */
    private long pinned(ArrayDeque<Frame> inFlight, Chunk writing) {
        inFlight.forEach(Frame::release);
        inFlight.clear();
        boolean writingIsQueued = writing.references() > 1;
        return (chunks.inUse() - (writingIsQueued ? 0L : 1L)) * writing.capacity();
    }

    private void checkBytes(SendStream tested, byte[] model, int from, int length, ArrayDeque<Frame> inFlight) {
        Frame frame = frame();
        int attached = tested.attach(frame, from, length);
        Frame copy = Objects.requireNonNull(frames.takeSuper());
        frame.copyTo(copy.data());
        assertThat(bytes(copy.data(), attached)).isEqualTo(java.util.Arrays.copyOfRange(model, from, from + attached));
        tested.copyTo(from, copy.data(), length);
        assertThat(bytes(copy.data(), length)).isEqualTo(java.util.Arrays.copyOfRange(model, from, from + length));
        copy.release();
        inFlight.add(frame);
    }

    @Test
    void steadyWritingAndReleasingAllocatesNothing() {
        Chunk chunk = chunk(65_536);
        Frame frame = frame();
        long bytes = Allocation.inSteadyState(() -> {
            for (int i = 0; i < 10_000; i++) {
                stream.append(chunk, (i % 60) * 1000, 900);
                if (i % 3 == 2) {
                    stream.copyTo(stream.end() - 1000, frame.data(), 500);
                    stream.release(stream.end() - 500);
                }
            }
        });
        frame.release();
        chunk.release();
        assertThat(bytes).isZero();
    }

    private Chunk chunk(int bytes) {
        return Objects.requireNonNull(chunks.take(bytes));
    }

    private Frame frame() {
        return Objects.requireNonNull(frames.takeMtu());
    }

    private static byte[] bytes(long address, int length) {
        byte[] copy = new byte[length];
        Memory.copyOut(address, copy, 0, length);
        return copy;
    }
}
