package dev.braid.tundriver.poll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.tundriver.sys.Descriptors;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PollerTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void itSleepsAsLongAsAskedAndNotMuchShorter() {
        try (Poller poller = Poller.open()) {
            long start = System.nanoTime();
            poller.prepare();
            poller.await(3_300_000);
            assertThat(System.nanoTime() - start).isBetween(3_300_000L, SECOND);
            assertThat(poller.ready()).isZero();
        }
    }

    @Test
    void aTimeoutOfZeroOnlyLooks() {
        try (Poller poller = Poller.open()) {
            long start = System.nanoTime();
            poller.await(0);
            assertThat(System.nanoTime() - start).isLessThan(SECOND);
        }
    }

    @Test
    void aWakeBetweenPreparingAndSleepingIsNotLost() {
        try (Poller poller = Poller.open()) {
            poller.prepare();
            poller.wake();
            long start = System.nanoTime();
            poller.await(20 * SECOND);
            assertThat(System.nanoTime() - start).isLessThan(10 * SECOND);
        }
    }

    @Test
    void wakingNobodyRingsNoBell() {
        try (Poller poller = Poller.open()) {
            for (int i = 0; i < 1_000; i++) {
                poller.wake();
            }
            poller.prepare();
            poller.cancel();
            poller.wake();
            poller.await(0);
            assertThat(poller.ready()).isZero();
        }
    }

    @Test
    void oneRingEndsOneSleepHoweverManyWake() {
        try (Poller poller = Poller.open()) {
            poller.prepare();
            for (int i = 0; i < 1_000; i++) {
                poller.wake();
            }
            poller.await(20 * SECOND);
            assertThat(poller.ready()).isEqualTo(1);
            poller.prepare();
            poller.await(1_000_000);
            assertThat(poller.ready()).as("the bell does not ring on").isZero();
        }
    }

    @Test
    void aReadableDescriptorEndsTheSleepUntilItIsRemoved() {
        try (Poller poller = Poller.open();
                Arena arena = Arena.ofConfined()) {
            int counter = Descriptors.eventfd();
            try {
                poller.add(counter, 5);
                long one = Memory.allocate(arena, 8, 8);
                Memory.putNative64(one, 1);
                assertThat(Descriptors.write(counter, one, 8)).isEqualTo(8);
                poller.await(20 * SECOND);
                assertThat(poller.ready()).isEqualTo(1);
                assertThat(poller.token(0)).isEqualTo(5);
                poller.remove(counter);
                poller.await(0);
                assertThat(poller.ready()).isZero();
            } finally {
                Descriptors.close(counter);
            }
        }
    }

    /** Two threads play ping-pong; every wake-up that got lost would leave both asleep until the time limit. */
    @Test
    void noWakeUpIsLostUnderStress() throws Exception {
        int rounds = 100_000;
        try (Poller one = Poller.open();
                Poller other = Poller.open()) {
            var ball = new AtomicLong();
            var failure = new AtomicReference<Throwable>();
            Thread peer = Thread.ofPlatform().unstarted(() -> play(other, one, ball, 1, rounds));
            peer.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
            peer.start();
            try {
                play(one, other, ball, 0, rounds);
            } finally {
                peer.join();
            }
            assertThat(failure).hasNullValue();
            assertThat(ball.get()).isGreaterThanOrEqualTo(rounds);
        }
    }

    private static void play(Poller mine, Poller theirs, AtomicLong ball, int side, int rounds) {
        for (long turn = side; turn < rounds; turn += 2) {
            // Looking a varying number of times before going to sleep puts the wake-up into every part of the race.
            int looks = (int) (turn * 31 % 200);
            while (ball.get() != turn) {
                if (looks-- > 0) {
                    Thread.onSpinWait();
                    continue;
                }
                mine.prepare();
                if (ball.get() == turn) {
                    mine.cancel();
                } else {
                    long start = System.nanoTime();
                    mine.await(20 * SECOND);
                    assertThat(System.nanoTime() - start).as("turn %d slept too long", turn).isLessThan(20 * SECOND);
                }
            }
            ball.setPlain(turn + 1);
            theirs.wake();
        }
    }

    /**
     * The race itself, round after round from a common start: one side announces its sleep and looks for work, the other
     * brings work and looks for a sleeper. Both may see each other, but one must: without the fences the processor's store
     * buffers let both look too early. The two sides drift against each other, so that all orders occur.
     */
    @Test
    void sleeperAndWakerNeverOverlookEachOther() throws Exception {
        long limit = System.nanoTime() + 4 * SECOND;
        var race = new Race();
        try (Poller poller = Poller.open()) {
            Thread waker = Thread.ofPlatform().daemon().start(() -> race.bringWork(poller));
            int overlooked = 0;
            int round = 0;
            while (round < 400_000 && System.nanoTime() < limit) {
                poller.cancel();
                race.work = 0;
                race.start.set(++round);
                pause(round % 61);
                poller.prepare();
                boolean seen = race.work != 0;
                await(race.finished, round);
                poller.await(0);
                overlooked += seen || poller.ready() > 0 ? 0 : 1;
            }
            race.start.set(-1);
            waker.join();
            assertThat(overlooked).as("of %d rounds", round).isZero();
        }
    }

    /** Spins, and offers the processor now and then: on a busy machine the other side may be waiting for it. */
    private static int await(AtomicInteger value, int wanted) {
        int now = value.get();
        for (int spins = 1; now != wanted && now >= 0; spins++) {
            if (spins % 100_000 == 0) {
                Thread.yield();
            }
            now = value.get();
        }
        return now;
    }

    private static void pause(int spins) {
        for (int i = 0; i < spins; i++) {
            Thread.onSpinWait();
        }
    }

    private static final class Race {
        final AtomicInteger start = new AtomicInteger();
        final AtomicInteger finished = new AtomicInteger();
        int work;

        void bringWork(Poller poller) {
            for (int round = 1;; round++) {
                if (await(start, round) < 0) {
                    return;
                }
                pause(round % 59);
                work = 1;
                poller.wake();
                finished.set(round);
            }
        }
    }
}
