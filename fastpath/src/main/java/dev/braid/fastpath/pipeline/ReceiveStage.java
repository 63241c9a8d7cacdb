package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.offload.Coalescer;
import java.util.List;
import org.agrona.concurrent.Agent;

/**
 * Reads the devices in turn, stamps what arrived with the cycle's time, joins small packets of one flow where the device has
 * not done so, and passes everything on.
 */
final class ReceiveStage implements Agent {
    /** Frames read from one device before the next one's turn. */
    static final int BATCH = 64;

    private final FrameDevice[] devices;
    private final FrameSink next;
    private final CycleClock clock;
    private final Counter heldBack;
    private final Counter joined;
    private final Coalescer coalescer;
    private final TapPoint taps;
    private final FrameBatch batch = new FrameBatch(BATCH);

    /**
     * A stage over open devices.
     *
     * @param frames where frames for joined packets come from: this thread's
     * @param taps see each frame before it is joined with others
     */
    ReceiveStage(
            List<FrameDevice> devices,
            FrameSink next,
            CycleClock clock,
            FramePool frames,
            Counters counters,
            TapPoint taps) {
        this.devices = devices.toArray(new FrameDevice[0]);
        this.next = next;
        this.clock = clock;
        this.heldBack = counters.counter("PipelineReceiveHeldBack");
        this.joined = counters.counter("PipelineCoalesced");
        this.taps = taps;
        this.coalescer = new Coalescer(frames, BATCH);
    }

    @Override
    public int doWork() {
        int received = 0;
        for (FrameDevice device : devices) {
            if (next.room() < BATCH) {
                heldBack.increment();
                break;
            }
            received += receive(device);
        }
        if (received > 0) {
            next.endOfBatch();
        }
        return received;
    }

    private int receive(FrameDevice device) {
        int count = device.receive(batch);
        if (count == 0) {
            return 0;
        }
        long nowNs = clock.nowNs();
        for (int i = 0; i < batch.size(); i++) {
            Frame frame = batch.at(i).arrivalNs(nowNs);
            taps.onReceived(frame.device(), frame, nowNs);
        }
        if (count > 1 && (device.offloads() & (Offloads.TSO4 | Offloads.TSO6)) == 0) {
            joined.add(coalescer.coalesce(batch));
        }
        for (int i = 0; i < batch.size(); i++) {
            next.accept(batch.at(i), nowNs);
        }
        batch.clear();
        return count;
    }

    /** Whether the next stage is too busy to take a batch. */
    boolean isHeldBack() {
        return next.room() < BATCH;
    }

    @Override
    public String roleName() {
        return "receive";
    }
}
