package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/** Sends each frame by the device it names, cut first where the device does not cut super-frames itself. */
final class TransmitStage implements Agent, FrameOutput {
    private static final int BUDGET = 256;

    private final @Nullable FrameDevice[] devices;
    private final Counter noDevice;
    private final @Nullable HandoffRing inbound;

    /**
     * A stage over open devices.
     *
     * @param devices where frames leave, by device index
     * @param noDevice counts frames that name a device that is not there
     * @param inbound where frames come from when the protocol runs on another thread, else {@code null}
     */
    TransmitStage(@Nullable FrameDevice[] devices, Counter noDevice, @Nullable HandoffRing inbound) {
        this.devices = devices.clone();
        this.noDevice = noDevice;
        this.inbound = inbound;
    }

    @Override
    public void transmit(Frame frame) {
        int index = frame.device();
        FrameDevice device = index >= 0 && index < devices.length ? devices[index] : null;
        if (device == null) {
            frame.drop(noDevice);
            return;
        }
        device.transmit(frame);
    }

    @Override
    public int doWork() {
        HandoffRing ring = inbound;
        if (ring == null) {
            return 0;
        }
        int sent = 0;
        for (; sent < BUDGET; sent++) {
            Frame frame = ring.poll();
            if (frame == null) {
                break;
            }
            transmit(frame);
        }
        return sent;
    }

    @Override
    public String roleName() {
        return "transmit";
    }
}
