package dev.braid.bench.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PatternTest {
    @Test
    void anyPieceIsFoundAtItsPlaceAndNowhereElse() {
        ByteBuffer piece = ByteBuffer.allocateDirect(1460);
        for (long position : new long[] {0, 1, Pattern.PERIOD - 700, 10L * Pattern.PERIOD + 5}) {
            ByteBuffer whole = Pattern.buffer();
            piece.clear();
            while (piece.hasRemaining()) {
                piece.put(whole.get((int) ((position + piece.position()) % Pattern.PERIOD)));
            }
            assertThat(Pattern.matches(piece, position)).as("at %d", position).isTrue();
            assertThat(Pattern.matches(piece, position + 1460)).as("one packet later").isFalse();
        }
    }

    @Test
    void oneWrongByteShows() {
        ByteBuffer piece = Pattern.buffer();
        piece.put(1000, (byte) ~piece.get(1000)).position(2000);
        assertThat(Pattern.matches(piece, 0)).isFalse();
    }
}
