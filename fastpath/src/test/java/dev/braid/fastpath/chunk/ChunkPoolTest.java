package dev.braid.fastpath.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChunkPoolTest {
    private final Arena arena = Arena.ofShared();
    private final ChunkPool pool = new ChunkPool(arena, 4 * ChunkPool.LARGE, true);

    @AfterEach
    void nothingLeaked() {
        assertThat(pool.leaks()).isEmpty();
        assertThat(pool.inUse()).isZero();
        arena.close();
    }

    @Test
    void theSizeFitsTheWish() {
        Chunk small = Objects.requireNonNull(pool.take(1));
        Chunk large = Objects.requireNonNull(pool.take(ChunkPool.SMALL + 1));
        assertThat(small.capacity()).isEqualTo(ChunkPool.SMALL);
        assertThat(large.capacity()).isEqualTo(ChunkPool.LARGE);
        small.release();
        large.release();
    }

    @Test
    void aPoolAtItsLimitAnswersNothingUntilOneComesBack() {
        List<Chunk> held = new ArrayList<>();
        for (Chunk chunk = pool.take(ChunkPool.LARGE); chunk != null; chunk = pool.take(ChunkPool.LARGE)) {
            held.add(chunk);
        }
        assertThat(held).hasSize(4);
        assertThat(pool.take(1)).isNull();
        assertThat(pool.bytesHeld()).isEqualTo(4L * ChunkPool.LARGE);
        held.removeLast().release();
        held.add(Objects.requireNonNull(pool.take(1)));
        held.forEach(Chunk::release);
    }

    @Test
    void theLastReferenceSendsItHome() {
        Chunk chunk = Objects.requireNonNull(pool.take(1));
        chunk.retain();
        chunk.release();
        assertThat(pool.inUse()).isOne();
        chunk.release();
        assertThatThrownBy(chunk::release).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLeakIsReportedWithThePlaceItCameFrom() {
        Chunk lost = Objects.requireNonNull(pool.take(1));
        assertThat(pool.leaks()).singleElement().asString().contains("ChunkPoolTest");
        lost.release();
    }

    @Test
    void manyThreadsNeverShareAChunk() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                long mark = thread + 1L;
                running.add(threads.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        Chunk chunk = pool.take(i % 2 == 0 ? 1 : ChunkPool.LARGE);
                        if (chunk != null) {
                            Memory.putNative64(chunk.address(), mark);
                            Thread.onSpinWait();
                            assertThat(Memory.nativeI64(chunk.address())).isEqualTo(mark);
                            chunk.release();
                        }
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
    }
}
