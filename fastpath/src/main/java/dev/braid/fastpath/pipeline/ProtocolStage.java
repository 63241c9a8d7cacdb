package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import java.util.List;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the core: frames, other threads' tasks and deadlines in, and then one flush for all of them, so that a batch of
 * segments is answered once.
 */
final class ProtocolStage implements Agent, FrameSink {
    /** Frames taken from the ring in one duty cycle. */
    private static final int BUDGET = 256;

    private final FrameProcessor processor;
    private final Mailbox mailbox;
    private final CycleClock clock;
    private final List<FramePool> pools;
    private final @Nullable HandoffRing inbound;
    private final @Nullable HandoffRing outbound;
    private boolean flushDue;

    /**
     * A stage in front of a core.
     *
     * @param pools whose homecoming frames this thread frees
     * @param inbound where frames come from when another thread receives, else {@code null}
     * @param outbound where the core's frames go when another thread transmits, else {@code null}
     */
    ProtocolStage(
            FrameProcessor processor,
            Mailbox mailbox,
            CycleClock clock,
            List<FramePool> pools,
            @Nullable HandoffRing inbound,
            @Nullable HandoffRing outbound) {
        this.processor = processor;
        this.mailbox = mailbox;
        this.clock = clock;
        this.pools = List.copyOf(pools);
        this.inbound = inbound;
        this.outbound = outbound;
    }

    @Override
    public int room() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void accept(Frame frame, long nowNs) {
        flushDue = true;
        processor.onFrame(frame, nowNs);
    }

    @Override
    public void endOfBatch() {
        // Same thread: doWork follows.
    }

    @Override
    public int doWork() {
        long nowNs = clock.nowNs();
        for (int i = 0; i < pools.size(); i++) {
            pools.get(i).welcomeHome();
        }
        int work = takeFrames(nowNs) + mailbox.drain(nowNs);
        if (processor.nextDeadlineNs() <= nowNs) {
            processor.onDeadline(nowNs);
            work++;
        }
        flushDue |= work > 0;
        if (flushDue && hasRoomToSend()) {
            flushDue = false;
            work += processor.flush(nowNs);
            if (outbound != null) {
                outbound.endOfBatch();
            }
        }
        return work;
    }

    private int takeFrames(long nowNs) {
        HandoffRing ring = inbound;
        if (ring == null) {
            return 0;
        }
        int taken = 0;
        for (; taken < BUDGET; taken++) {
            Frame frame = ring.poll();
            if (frame == null) {
                break;
            }
            accept(frame, nowNs);
        }
        return taken;
    }

    /** Push-back: with the transmit ring more than half full the core keeps its output for a later cycle. */
    private boolean hasRoomToSend() {
        return outbound == null || outbound.room() > outbound.capacity() / 2;
    }

    /** When this stage has something to do without being woken. */
    long nextDeadlineNs() {
        return flushDue ? clock.nowNs() : processor.nextDeadlineNs();
    }

    @Override
    public String roleName() {
        return "protocol";
    }
}
