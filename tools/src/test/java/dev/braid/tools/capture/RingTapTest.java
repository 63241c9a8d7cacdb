package dev.braid.tools.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.counters.Counters;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tap that the pipeline gives up, and those who read its ring. */
@SuppressWarnings("try") // closed early on purpose
class RingTapTest {
    @TempDir private Path place;

    private static RingTap tap(CaptureRing ring, Counters counters) {
        return new RingTap(ring, new boolean[CaptureRing.MAX_LINKS], 100, counters.counter("a"), counters.counter("b"));
    }

    @Test
    void itsReaderLearnsThatNothingMoreWillCome() throws IOException {
        Path file = place.resolve("ring");
        try (Arena arena = Arena.ofConfined()) {
            RingTap tap = tap(CaptureRing.create(file, CaptureRing.MIN_CAPACITY), Counters.inMemory(arena, 8));
            try (CaptureRing reader = CaptureRing.open(file)) {
                assertThat(reader.hasEnded()).isFalse();
                assertThat(tap.failure()).isEmpty();
                tap.onTakenOff(new IllegalStateException("something broke"));
                assertThat(reader.hasEnded()).isTrue();
                assertThat(tap.failure()).isEqualTo("something broke");
            }
            tap.close();
        }
    }

    @Test
    void aTapThatIsClosedAlreadyLeavesTheRingAlone() throws IOException {
        Path file = place.resolve("ring");
        try (Arena arena = Arena.ofConfined()) {
            RingTap tap = tap(CaptureRing.create(file, CaptureRing.MIN_CAPACITY), Counters.inMemory(arena, 8));
            tap.close();
            tap.onTakenOff(new IllegalStateException("too late"));
            try (CaptureRing reader = CaptureRing.open(file)) {
                assertThat(reader.hasEnded()).isFalse();
            }
        }
    }
}
