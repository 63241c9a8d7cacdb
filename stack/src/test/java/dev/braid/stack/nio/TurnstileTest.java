package dev.braid.stack.nio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnstileTest {
    @Test
    void whoeverShutsAFreeTurnstileHandsOver() {
        var turnstile = new Turnstile();
        assertThat(turnstile.shut()).isTrue();
        assertThat(turnstile.shut()).isFalse();
        assertThat(turnstile.enter()).isFalse();
        assertThat(turnstile.isShut()).isTrue();
    }

    @Test
    void whoeverIsInsideWhenItShutsHandsOver() {
        var turnstile = new Turnstile();
        assertThat(turnstile.enter()).isTrue();
        assertThat(turnstile.tryEnter()).isFalse();
        assertThat(turnstile.shut()).isFalse();
        assertThat(turnstile.isShut()).isFalse();
        assertThat(turnstile.leave()).isTrue();
        assertThat(turnstile.isShut()).isTrue();
    }

    @Test
    void exactlyOneOfManyLearnsThatItWasTheLast() throws InterruptedException {
        for (int round = 0; round < 500; round++) {
            var turnstile = new Turnstile();
            var handedOver = new AtomicInteger();
            var inside = new AtomicInteger();
            var start = new CountDownLatch(1);
            Thread user = Thread.startVirtualThread(() -> {
                awaitQuietly(start);
                while (turnstile.enter()) {
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    inside.decrementAndGet();
                    if (turnstile.leave()) {
                        handedOver.incrementAndGet();
                    }
                }
            });
            Thread core = Thread.startVirtualThread(() -> {
                awaitQuietly(start);
                for (int i = 0; i < 20; i++) {
                    if (turnstile.tryEnter() && turnstile.leave()) {
                        handedOver.incrementAndGet();
                    }
                }
            });
            Thread closer = Thread.startVirtualThread(() -> {
                awaitQuietly(start);
                if (turnstile.shut()) {
                    handedOver.incrementAndGet();
                }
            });
            start.countDown();
            user.join();
            core.join();
            closer.join();
            assertThat(handedOver.get()).isEqualTo(1);
            assertThat(turnstile.isShut()).isTrue();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
