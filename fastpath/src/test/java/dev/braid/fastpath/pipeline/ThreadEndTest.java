package dev.braid.fastpath.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for a thread's end. */
@Timeout(20)
class ThreadEndTest {
    @Test
    void anInterruptWaitsUntilTheThreadHasEndedAndIsKept() throws Exception {
        var may = new CountDownLatch(1);
        Thread thread = Thread.ofVirtual().start(() -> awaitQuietly(may));
        Thread caller = Thread.currentThread();
        caller.interrupt();
        Thread.ofVirtual().start(() -> {
            // Only when the first interrupt has been met may the thread end.
            while (caller.isInterrupted()) {
                Thread.onSpinWait();
            }
            may.countDown();
        });
        ThreadEnd.await(thread);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void aThreadThatNeverBeganIsNotWaitedFor() {
        ThreadEnd.await(Thread.ofPlatform().unstarted(() -> {}));
        assertThat(Thread.interrupted()).isFalse();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
