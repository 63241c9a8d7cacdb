package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import java.util.List;
import org.agrona.concurrent.Agent;

/** Reads the devices in turn, stamps what arrived with the cycle's time and passes it on. */
final class ReceiveStage implements Agent {
    /** Frames read from one device before the next one's turn. */
    static final int BATCH = 64;

    private final FrameDevice[] devices;
    private final FrameSink next;
    private final CycleClock clock;
    private final Counter heldBack;
    private final FrameBatch batch = new FrameBatch(BATCH);

    /**
     * A stage over open devices.
     *
     * @param heldBack counts the duty cycles in which nothing was read because the next stage had no room
     */
    ReceiveStage(List<FrameDevice> devices, FrameSink next, CycleClock clock, Counter heldBack) {
        this.devices = devices.toArray(new FrameDevice[0]);
        this.next = next;
        this.clock = clock;
        this.heldBack = heldBack;
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
            Frame frame = batch.at(i);
            frame.arrivalNs(nowNs);
            next.accept(frame, nowNs);
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
