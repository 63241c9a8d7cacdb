package dev.braid.stack.storm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of bad networks of each {@link Storm.Kind}: see {@link Seeds}. */
@Tag("storms")
class StormTest {
    @Test
    void whateverTheNetworkDoesEveryByteArrivesOnceAndNothingLeaks() {
        run(Storm.Kind.PLAIN, 500);
    }

    /** Boxes that strip, clamp, shift, split and join on both directions. */
    @Test
    void whateverMiddleboxesDoEveryByteArrivesOnceAndNothingLeaks() {
        run(Storm.Kind.BOXES, 150);
    }

    /** Every congestion control, ECN and marks, each way of finding losses on and off, MTUs that change. */
    @Test
    void whateverAdministratorsChooseEveryByteArrivesOnceAndNothingLeaks() {
        run(Storm.Kind.CHOICES, 300);
    }

    private static void run(Storm.Kind kind, int usual) {
        Seeds.run("", kind.name(), usual, (seed, journals) -> new Storm(seed, journals, kind).run());
    }

    /**
     * Seeds that found something: a window that shrank by a rounding (4), a stall when all that is left was SACKed and then
     * given up (112), a round trip measured over an outage (181), data beyond a window that a retransmission had brought (298), a
     * repeated SYN in one batch with the third ACK (12888), a timeout that stayed backed off for ever (3264, 8660, 16236). And seeds
     * where the watcher was wrong: a window learned from a damaged packet's twin (3073), from one damaged where no checksum looks
     * (2620), a closed end that gave up early, as it may (2360).
     */
    @ParameterizedTest
    @ValueSource(longs = {4, 112, 181, 298, 2360, 2620, 3073, 3264, 8660, 12888, 16236})
    void whatOnceFailedHolds(long seed) {
        new Storm(seed, false).run();
    }

    /**
     * Seeds of the other kinds: a timeout that stayed backed off because the one round trip ever measured was a little longer than the
     * others (8660), and a buffer of which one large slot was more than the cap, so that what the window had promised room for was
     * dropped (15672).
     */
    @ParameterizedTest
    @CsvSource({"8660,BOXES", "15672,CHOICES"})
    void whatOnceFailedInOtherWeatherHolds(long seed, Storm.Kind kind) {
        new Storm(seed, false, kind).run();
    }

    @Test
    void theSameSeedGivesTheSameStorm() {
        for (long seed = 1; seed <= 5; seed++) {
            Storm one = new Storm(seed, false);
            one.run();
            Storm other = new Storm(seed, false);
            other.run();
            assertThat(one.digest()).as("digest of seed %d", seed).isEqualTo(other.digest());
        }
    }
}
