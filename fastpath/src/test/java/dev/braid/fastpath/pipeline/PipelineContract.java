package dev.braid.fastpath.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.DeviceSpec;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameDeviceProvider;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.device.MemoryWire;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every threading mode promises. */
abstract class PipelineContract {
    private static final int ALL_OFFLOADS = Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6 | Offloads.TSO_ECN
            | Offloads.USO;
    private static final long PATIENCE_NS = 10_000_000_000L;

    private final Threads mode;
    private final Arena arena = Arena.ofShared();
    private final MemoryWire wire = new MemoryWire(1500, ALL_OFFLOADS);
    private final FramePool farFrames = new FramePool(arena, 2048, 16, true);
    private final FramePool coreFrames = new FramePool(arena, 2048, 16, true);
    private final Counters counters = Counters.inMemory(arena, 32);
    private final AtomicLong clockReads = new AtomicLong();
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ends = new AtomicInteger();
    private final AtomicReference<Throwable> endCause = new AtomicReference<>();
    private final Echo core = new Echo();
    private FrameDevice far;
    private Pipeline pipeline;

    PipelineContract(Threads mode) {
        this.mode = mode;
    }

    @BeforeEach
    void start() {
        far = open(wire.left(), farFrames);
        FramePool receiveFrames = mode == Threads.STAGED ? coreFrames.sibling(2048, 16) : coreFrames;
        FrameDevice near = open(wire.right(), receiveFrames);
        pipeline = new Pipeline(new PipelineSpec(
                "test",
                mode,
                IdlePolicy.DEFAULT,
                () -> {
                    clockReads.incrementAndGet();
                    return System.nanoTime();
                },
                List.of(List.of(near)),
                wire.right().waiter(List.of(near)),
                coreFrames,
                receiveFrames,
                counters,
                errors::add,
                cause -> {
                    endCause.set(cause);
                    ends.incrementAndGet();
                }));
        core.output = pipeline.output();
        pipeline.start(core);
    }

    private FrameDevice open(FrameDeviceProvider end, FramePool frames) {
        return end.open(new DeviceSpec("memory", "wire", List.of(), 0, 1), 0, frames, counters, (d, up, mtu) -> {})
                .getFirst();
    }

    @AfterEach
    void nothingLeaks() {
        pipeline.close();
        far.close();
        farFrames.welcomeHome();
        for (FramePool pool : pipeline.pools()) {
            assertThat(pool.leaks()).isEmpty();
            assertThat(pool.inUse()).isZero();
        }
        assertThat(farFrames.leaks()).isEmpty();
        arena.close();
    }

    @Test
    void everyFrameComesBackInOrder() {
        int total = 5_000;
        var back = new ArrayList<Integer>();
        var batch = new FrameBatch(64);
        int sent = 0;
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (back.size() < total && System.nanoTime() < deadline) {
            // No more under way than the wire holds: it drops what overfills it.
            while (sent < total && sent - back.size() < 500) {
                far.transmit(numbered(sent++));
            }
            drive();
            receiveNumbers(batch, back);
        }
        assertThat(back).hasSize(total);
        assertThat(back).isSorted();
        assertThat(counters.value("MemoryWireRingFull")).isZero();
        assertThat(counters.value("PipelineTransmitRingFull")).isZero();
    }

    @Test
    void aTapSeesEachFrameOnceEachWayWhileItIsOn() {
        exchange(1);
        var seen = new CountingTap();
        pipeline.addTap(seen);
        long before = System.nanoTime();
        exchange(100);
        pipeline.removeTap(seen);
        exchange(1);
        assertThat(seen.received.get()).isEqualTo(100);
        assertThat(seen.transmitted.get()).isEqualTo(100);
        assertThat(seen.lastNowNs).isBetween(before, System.nanoTime());
    }

    @Test
    void twoTapsSeeTheSameAndOneThatThrowsGoesAlone() {
        var seen = new CountingTap();
        var takenOff = new ArrayList<String>();
        var broken = new CountingTap() {
            @Override
            public void onReceived(int device, Frame frame, long nowNs) {
                super.onReceived(device, frame, nowNs);
                throw new IllegalStateException("broken");
            }

            @Override
            public void onTakenOff(RuntimeException why) {
                takenOff.add(String.valueOf(why.getMessage()));
                throw new IllegalStateException("again");
            }
        };
        pipeline.addTap(broken);
        pipeline.addTap(seen);
        exchange(10);
        pipeline.removeTap(seen);
        assertThat(broken.received.get()).isEqualTo(1);
        assertThat(seen.received.get()).isEqualTo(10);
        assertThat(seen.transmitted.get()).isEqualTo(10);
        assertThat(takenOff).containsExactly("broken");
        assertThat(counters.value("PipelineTapFailures")).as("what it threw, and what it threw when told").isEqualTo(2);
        assertThat(counters.value("PipelineErrors")).isZero();
    }

    /** Sends frames through the core and waits until all are back. */
    private void exchange(int frames) {
        var back = new ArrayList<Integer>();
        var batch = new FrameBatch(64);
        for (int i = 0; i < frames; i++) {
            far.transmit(numbered(i));
        }
        awaitThat(() -> {
            receiveNumbers(batch, back);
            return back.size() == frames;
        });
    }

    private static class CountingTap implements FrameTap {
        final AtomicInteger received = new AtomicInteger();
        final AtomicInteger transmitted = new AtomicInteger();
        volatile long lastNowNs;

        @Override
        public void onReceived(int device, Frame frame, long nowNs) {
            assertThat(device).isZero();
            received.incrementAndGet();
        }

        @Override
        public void onTransmitted(int device, Frame frame, long nowNs) {
            assertThat(device).isZero();
            lastNowNs = nowNs;
            transmitted.incrementAndGet();
        }
    }

    @Test
    void framesAreStampedWithACycleTime() {
        long before = System.nanoTime();
        far.transmit(numbered(1));
        awaitThat(() -> core.frames.get() == 1);
        assertThat(core.lastArrivalNs).isBetween(before, System.nanoTime());
        assertThat(core.lastArrivalNs).isLessThanOrEqualTo(core.lastNowNs);
    }

    @Test
    void tasksRunOnTheThreadThatOwnsTheCore() {
        far.transmit(numbered(1));
        awaitThat(() -> core.frames.get() == 1);
        var ranOn = new AtomicReference<Thread>();
        pipeline.mailbox().post(task(() -> ranOn.set(Thread.currentThread())));
        awaitThat(() -> ranOn.get() != null);
        assertThat(ranOn.get()).isSameAs(core.thread);
        assertThat(ranOn.get().equals(Thread.currentThread())).isEqualTo(mode == Threads.INVOKED);
    }

    @Test
    void aSleepingPipelineWakesForTasksAndFramesAgainAndAgain() {
        var done = new AtomicInteger();
        for (int i = 1; i <= 100; i++) {
            pause();
            int expected = i;
            pipeline.mailbox().post(task(done::incrementAndGet));
            awaitThat(() -> done.get() == expected);
            far.transmit(numbered(i));
            awaitThat(() -> core.frames.get() == expected);
            discardEchoes();
        }
    }

    @Test
    void tasksOfManyThreadsAreAllDone() throws InterruptedException {
        var done = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 2_000; i++) {
                    pipeline.mailbox().post(task(done::incrementAndGet));
                }
            }));
        }
        awaitThat(() -> done.get() == 8_000);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void deadlinesExpireWithoutAFrame() {
        long due = System.nanoTime() + 20_000_000;
        pipeline.mailbox().post(task(() -> core.deadlineNs = due));
        awaitThat(() -> core.deadlines.get() == 1);
        assertThat(core.lastNowNs).isGreaterThanOrEqualTo(due);
    }

    @Test
    void everyInputIsFollowedByAFlush() {
        pipeline.mailbox().post(task(() -> {}));
        awaitThat(() -> core.flushes.get() > 0);
        int before = core.flushes.get();
        far.transmit(numbered(1));
        awaitThat(() -> core.flushes.get() > before);
    }

    @Test
    void anIdlePipelineSleeps() {
        far.transmit(numbered(1));
        awaitThat(() -> core.frames.get() == 1);
        if (mode == Threads.INVOKED) {
            return;
        }
        sleep(100);
        long before = clockReads.get();
        sleep(300);
        assertThat(clockReads.get() - before).isLessThanOrEqualTo(2);
        discardEchoes();
    }

    @Test
    void deviceChangesReachTheCore() {
        pipeline.deviceEvents().onDevice(0, false, 1400);
        awaitThat(() -> core.deviceMtu == 1400);
    }

    @Test
    void aFailingCycleIsCountedReportedOnceAndSurvived() {
        for (int i = 0; i < 5; i++) {
            pipeline.mailbox().post(task(() -> {
                throw new IllegalStateException("broken task");
            }));
        }
        var after = new AtomicInteger();
        pipeline.mailbox().post(task(after::incrementAndGet));
        awaitThat(() -> after.get() == 1);
        assertThat(counters.value("PipelineErrors")).isEqualTo(5);
        assertThat(errors).hasSize(1);
        assertThat(pipeline.failure()).isNull();
    }

    @Test
    void aFailureThatLastsEndsThePipelineAndIsToldToWhoeverWaits() {
        if (mode == Threads.INVOKED) {
            return;
        }
        pipeline.mailbox().post(task(() -> {
            throw new OutOfMemoryError("not really");
        }));
        awaitThat(() -> ends.get() == 1);
        assertThat(endCause.get()).isInstanceOf(OutOfMemoryError.class);
        assertThat(pipeline.failure()).isSameAs(endCause.get());
        var cause = new AtomicReference<Throwable>();
        pipeline.mailbox().post(new CoreTask() {
            @Override
            public void run(long nowNs) {
                throw new AssertionError("the pipeline has ended");
            }

            @Override
            public void abandon(Throwable why) {
                cause.set(why);
            }
        });
        assertThat(cause.get()).isSameAs(endCause.get());
    }

    @Test
    void closingAbandonsTasksAndTellsItsEndOnce() {
        pipeline.close();
        pipeline.close();
        assertThat(ends.get()).isEqualTo(1);
        assertThat(endCause.get()).isNull();
        var abandoned = new AtomicInteger();
        pipeline.mailbox().post(new CoreTask() {
            @Override
            public void run(long nowNs) {}

            @Override
            public void abandon(Throwable why) {
                abandoned.incrementAndGet();
            }
        });
        assertThat(abandoned.get()).isEqualTo(1);
    }

    @Test
    void framesUnderWayAtTheEndComeHome() {
        for (int i = 0; i < 500; i++) {
            far.transmit(numbered(i));
        }
        drive();
        // nothingLeaks closes everything with frames in every ring.
    }

    @Test
    void aFrameForADeviceThatIsNotThereIsCounted() {
        pipeline.mailbox().post(task(() -> {
            Frame frame = coreFrames.takeMtu();
            frame.device(7);
            core.output.transmit(frame);
        }));
        awaitThat(() -> counters.value("PipelineNoSuchDevice") == 1);
    }

    private Frame numbered(int number) {
        farFrames.welcomeHome();
        Frame frame = farFrames.takeMtu();
        frame.resize(40);
        Memory.put32(frame.data(), number);
        return frame;
    }

    private void receiveNumbers(FrameBatch batch, List<Integer> to) {
        far.receive(batch);
        for (int i = 0; i < batch.size(); i++) {
            to.add(Memory.i32(batch.at(i).data()));
            batch.at(i).release();
        }
        batch.clear();
    }

    private void discardEchoes() {
        receiveNumbers(new FrameBatch(64), new ArrayList<>());
    }

    private void awaitThat(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(deadline);
            drive();
            Thread.onSpinWait();
        }
    }

    private void drive() {
        if (mode == Threads.INVOKED) {
            pipeline.invoke();
        }
    }

    /** Long enough for the threads to fall asleep, most times. */
    private static void pause() {
        LockSupport.parkNanos(100_000);
    }

    private static void sleep(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static CoreTask task(Runnable body) {
        return new CoreTask() {
            @Override
            public void run(long nowNs) {
                body.run();
            }

            @Override
            public void abandon(Throwable cause) {}
        };
    }

    /** Sends everything back with the next flush. */
    private static final class Echo implements FrameProcessor {
        private final AtomicInteger frames = new AtomicInteger();
        private final AtomicInteger flushes = new AtomicInteger();
        private final AtomicInteger deadlines = new AtomicInteger();
        private final List<Frame> waiting = new ArrayList<>();
        private volatile Thread thread;
        private volatile long lastArrivalNs;
        private volatile long lastNowNs;
        private volatile int deviceMtu;
        private volatile long deadlineNs = Deadlines.NONE;
        private FrameOutput output;

        @Override
        public void onFrame(Frame frame, long nowNs) {
            thread = Thread.currentThread();
            lastArrivalNs = frame.arrivalNs();
            lastNowNs = nowNs;
            waiting.add(frame);
            frames.incrementAndGet();
        }

        @Override
        public void onDevice(int device, boolean up, int mtu, long nowNs) {
            deviceMtu = mtu;
        }

        @Override
        public void onDeadline(long nowNs) {
            lastNowNs = nowNs;
            deadlineNs = Deadlines.NONE;
            deadlines.incrementAndGet();
        }

        @Override
        public int flush(long nowNs) {
            flushes.incrementAndGet();
            int sent = waiting.size();
            waiting.forEach(output::transmit);
            waiting.clear();
            return sent;
        }

        @Override
        public long nextDeadlineNs() {
            return deadlineNs;
        }
    }
}
