package dev.braid.stack.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.Deadlines;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ParkingTest {
    private static final int ROUNDS = 100_000;

    /** Two threads hand a number back and forth, each sleeping until it is its turn: one lost wake-up and both sleep for ever. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noWakeUpIsLostInAPingPong(boolean virtual) throws InterruptedException {
        Function<Runnable, Thread> start = virtual ? Thread::startVirtualThread : r -> Thread.ofPlatform().start(r);
        var turn = new AtomicInteger();
        var even = new Parking();
        var odd = new Parking();
        Thread one = start.apply(() -> play(turn, 0, even, odd));
        Thread two = start.apply(() -> play(turn, 1, odd, even));
        assertThat(one.join(Duration.ofSeconds(50))).isTrue();
        assertThat(two.join(Duration.ofSeconds(50))).isTrue();
        assertThat(turn.get()).isEqualTo(ROUNDS);
    }

    private static void play(AtomicInteger turn, int parity, Parking mine, Parking other) {
        while (turn.get() < ROUNDS) {
            mine.await(() -> turn.get() % 2 == parity || turn.get() >= ROUNDS, Deadlines.NONE);
            if (turn.get() < ROUNDS) {
                turn.incrementAndGet();
            }
            other.wake();
        }
    }

    /** The channels' own pattern: a ring's release store, a full fence, and then the look for a sleeper. */
    @Test
    void noWakeUpIsLostBehindARing() throws InterruptedException {
        var ring = new SpscAtomicArrayQueue<Integer>(8);
        var full = new Parking();
        var empty = new Parking();
        var received = new AtomicInteger();
        Thread consumer = Thread.startVirtualThread(() -> {
            while (received.get() < ROUNDS) {
                empty.await(() -> !ring.isEmpty(), Deadlines.NONE);
                while (ring.poll() != null) {
                    received.incrementAndGet();
                }
                full.wake();
            }
        });
        for (int i = 0; i < ROUNDS; i++) {
            while (!ring.offer(i)) {
                full.await(() -> ring.size() < ring.capacity(), Deadlines.NONE);
            }
            VarHandle.fullFence();
            empty.wake();
        }
        assertThat(consumer.join(Duration.ofSeconds(50))).isTrue();
        assertThat(received.get()).isEqualTo(ROUNDS);
    }

    @Test
    void aDeadlineEndsTheWait() {
        long before = System.nanoTime();
        assertThat(new Parking().await(() -> false, before + 20_000_000)).isFalse();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
    }

    @Test
    void anInterruptEndsTheWaitAndStays() {
        Thread.currentThread().interrupt();
        assertThat(new Parking().await(() -> false, Deadlines.NONE)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }
}
