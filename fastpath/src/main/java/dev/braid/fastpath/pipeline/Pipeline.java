package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.DeviceEvents;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.device.ParkWaiter;
import dev.braid.fastpath.device.Waiter;
import dev.braid.fastpath.frame.FramePool;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * Devices and a core, joined: {@code receive → protocol → transmit} on one thread, on three, or on the caller's.
 *
 * <p>Two neighbours on one thread call each other; on two threads a bounded ring joins them. A full ring towards the protocol
 * holds the receiver back, so that the kernel queues or drops; a half-full ring towards the device holds the core's output
 * back, and what overfills it all the same is dropped under {@code PipelineTransmitRingFull}.
 *
 * <p>Made, started and closed by one thread. {@link #mailbox} is for any thread.
 */
public final class Pipeline implements AutoCloseable {
    private static final int RING = 4096;
    private static final int TRANSMIT_FRAMES = 4096;
    private static final long JOIN_MS = 5_000;
    private static final LongSupplier NEVER = () -> Deadlines.NONE;

    private final PipelineSpec spec;
    private final CycleClock protocolClock;
    private final Waiter protocolWaiter;
    private final Mailbox mailbox;
    private final @Nullable HandoffRing received;
    private final @Nullable HandoffRing leaving;
    private final @Nullable Waiter transmitWaiter;
    private final FramePool transmitFrames;
    private final CycleClock transmitClock;
    private final TapPoint taps;
    private final TransmitStage transmit;
    private final Counter errors;
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable ProtocolStage protocol;
    private @Nullable FrameProcessor processor;
    private volatile @Nullable Throwable failure;
    private boolean closed;

    /** A pipeline whose core is still to be made, with {@link #output} as its way out. */
    public Pipeline(PipelineSpec spec) {
        this.spec = spec;
        boolean staged = spec.threads() == Threads.STAGED;
        Counter full = spec.counters().counter("PipelineTransmitRingFull");
        errors = spec.counters().counter("PipelineErrors");
        protocolClock = new CycleClock(spec.clock());
        protocolWaiter = staged ? new ParkWaiter() : spec.deviceWaiter();
        mailbox = new Mailbox(protocolWaiter);
        transmitWaiter = staged ? new ParkWaiter() : null;
        received = staged ? new HandoffRing(RING, protocolWaiter, full) : null;
        leaving = transmitWaiter == null ? null : new HandoffRing(RING, transmitWaiter, full);
        transmitFrames = staged ? spec.coreFrames().sibling(TRANSMIT_FRAMES, 1) : spec.coreFrames();
        transmitClock = staged ? new CycleClock(spec.clock()) : protocolClock;
        // A counter has one writing thread, and staged there are two.
        Counter tapFailures = spec.counters().counter("PipelineTapFailures");
        taps = new TapPoint(
                tapFailures, staged ? spec.counters().counter("PipelineTransmitTapFailures") : tapFailures);
        transmit = new TransmitStage(
                firstQueues(spec.devices()), transmitFrames, spec.counters(), taps, transmitClock, leaving);
    }

    private static FrameDevice[] firstQueues(List<List<FrameDevice>> devices) {
        var first = new FrameDevice[devices.size()];
        for (int i = 0; i < first.length; i++) {
            first[i] = devices.get(i).getFirst();
        }
        return first;
    }

    /** Where the core sends its frames. */
    public FrameOutput output() {
        HandoffRing ring = leaving;
        return ring == null ? transmit : frame -> ring.accept(frame, 0);
    }

    /** The way for any thread to the protocol's thread. */
    public Mailbox mailbox() {
        return mailbox;
    }

    /** Passes devices' changes on to the core, on its own thread. */
    public DeviceEvents deviceEvents() {
        return (device, up, mtu) -> mailbox.post(new DeviceChange(device, up, mtu));
    }

    /** Lets the tap see every frame from now on, on the receiving and the transmitting thread. Any thread, at any time. */
    public void addTap(FrameTap tap) {
        taps.add(tap);
    }

    /**
     * Takes a tap off. Any thread. A call of the tap that began before may still be under way when this returns.
     */
    public void removeTap(FrameTap tap) {
        taps.remove(tap);
    }

    /** Begins to carry frames to and from this core; without threads of its own it waits to be {@linkplain #invoke invoked}. */
    public void start(FrameProcessor core) {
        processor = core;
        List<FrameDevice> queues = spec.devices().stream().flatMap(List::stream).toList();
        FramePool frames = spec.receiveFrames();
        var pools = received == null ? List.of(spec.coreFrames()) : List.of(spec.coreFrames(), spec.receiveFrames());
        ProtocolStage middle = new ProtocolStage(core, mailbox, protocolClock, pools, received, leaving);
        protocol = middle;
        if (received == null) {
            var receive = new ReceiveStage(queues, middle, protocolClock, frames, spec.counters(), taps);
            lane("", List.of(receive, middle), protocolClock, protocolWaiter, middle::nextDeadlineNs, () -> false,
                    true);
        } else {
            var clock = new CycleClock(spec.clock());
            var receive = new ReceiveStage(queues, received, clock, frames, spec.counters(), taps);
            lane("-receive", List.of(receive), clock, spec.deviceWaiter(), NEVER, receive::isHeldBack, false);
            lane("-protocol", List.of(middle), protocolClock, protocolWaiter, middle::nextDeadlineNs, () -> false,
                    true);
            lane("-transmit", List.of(transmit), transmitClock, own(transmitWaiter), NEVER, () -> false,
                    false);
        }
        if (spec.threads() != Threads.INVOKED) {
            assignPools();
            threads.forEach(Thread::start);
        }
    }

    private static Waiter own(@Nullable Waiter waiter) {
        if (waiter == null) {
            throw new IllegalStateException();
        }
        return waiter;
    }

    private void lane(
            String suffix,
            List<Agent> stages,
            CycleClock clock,
            Waiter waiter,
            LongSupplier nextDeadlineNs,
            BooleanSupplier heldBack,
            boolean ownsCore) {
        Consumer<@Nullable Throwable> onEnd = cause -> ended(cause, ownsCore);
        var lane = new Lane(
                stages, clock, waiter, spec.idle(), nextDeadlineNs, heldBack, errors, spec.onError(), onEnd);
        lanes.add(lane);
        threads.add(Thread.ofPlatform().daemon().name(spec.name() + suffix).unstarted(lane));
    }

    private void assignPools() {
        Thread receiver = threads.getFirst();
        Thread core = threads.size() == 1 ? receiver : threads.get(1);
        spec.coreFrames().belongTo(new OwnerThreads(core, core));
        if (threads.size() > 1) {
            spec.receiveFrames().belongTo(new OwnerThreads(receiver, core));
            transmitFrames.belongTo(new OwnerThreads(threads.get(2), threads.get(2)));
        }
    }

    /** A lane has ended: one that fails takes the others with it, and whoever waits for the core hears why. */
    private void ended(@Nullable Throwable cause, boolean ownsCore) {
        if (cause != null) {
            failure = cause;
            spec.onError().accept(cause);
            lanes.forEach(Lane::stop);
        }
        if (ownsCore) {
            Throwable why = failure;
            mailbox.close(why);
            spec.onEnd().accept(why);
        }
    }

    /**
     * Runs one duty cycle on the caller's thread, which is then the protocol's thread. Only with {@link Threads#INVOKED}.
     *
     * @return how much was done; 0 when there was nothing to do
     */
    public int invoke() {
        if (spec.threads() != Threads.INVOKED) {
            throw new IllegalStateException("the pipeline runs on threads of its own");
        }
        return lanes.getFirst().turn();
    }

    /** Whether the caller drives it. */
    public boolean isInvoked() {
        return spec.threads() == Threads.INVOKED;
    }

    /** The next moment at which {@link #invoke} has something to do without a frame or a task. */
    public long nextDeadlineNs() {
        ProtocolStage stage = protocol;
        return stage == null ? Deadlines.NONE : stage.nextDeadlineNs();
    }

    /** What made the pipeline end by itself, or {@code null}. Any thread. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /** Ends the threads, then releases what was on its way and closes devices and waiters. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        lanes.forEach(Lane::stop);
        if (spec.threads() == Threads.INVOKED || lanes.isEmpty()) {
            mailbox.close(null);
            spec.onEnd().accept(null);
        } else {
            join();
        }
        spec.coreFrames().belongTo(null);
        spec.receiveFrames().belongTo(null);
        transmitFrames.belongTo(null);
        clear(received);
        sendOff();
        for (List<FrameDevice> queues : spec.devices()) {
            queues.forEach(FrameDevice::close);
        }
        spec.deviceWaiter().close();
        transmitFrames.welcomeHome();
        spec.receiveFrames().welcomeHome();
        spec.coreFrames().welcomeHome();
    }

    /** Where frames are taken from, for leak reports: one pool, or with {@link Threads#STAGED} one for each thread. */
    public List<FramePool> pools() {
        return received == null
                ? List.of(spec.coreFrames())
                : List.of(spec.coreFrames(), spec.receiveFrames(), transmitFrames);
    }

    /** What the core sent last, its goodbyes, still leaves; the threads have ended. */
    private void sendOff() {
        if (failure == null) {
            while (transmit.doWork() > 0) {
                Thread.onSpinWait();
            }
        }
        clear(leaving);
    }

    private static void clear(@Nullable HandoffRing ring) {
        if (ring != null) {
            ring.clear();
        }
    }

    private void join() {
        boolean interrupted = false;
        long deadlineNs = System.nanoTime() + JOIN_MS * 1_000_000;
        for (Thread thread : threads) {
            while (!thread.equals(Thread.currentThread()) && thread.isAlive() && System.nanoTime() < deadlineNs) {
                try {
                    thread.join(JOIN_MS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A device's change on its way to the core. */
    private final class DeviceChange implements CoreTask {
        private final int device;
        private final boolean up;
        private final int mtu;

        DeviceChange(int device, boolean up, int mtu) {
            this.device = device;
            this.up = up;
            this.mtu = mtu;
        }

        @Override
        public void run(long nowNs) {
            FrameProcessor core = processor;
            if (core != null) {
                core.onDevice(device, up, mtu, nowNs);
            }
        }

        @Override
        public void abandon(@Nullable Throwable cause) {
            // Nobody is left to be told.
        }
    }
}
