package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.offload.Segmenter;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/** Sends each frame by the device it names, cut first where the device does not cut super-frames itself. */
final class TransmitStage implements Agent, FrameOutput {
    private static final int BUDGET = 256;

    private final FrameDevice[] devices;
    private final FrameOutput[] outputs;
    private final Counter noDevice;
    private final Segmenter segmenter;
    private final TapPoint taps;
    private final CycleClock clock;
    private final @Nullable HandoffRing inbound;

    /**
     * A stage over open devices.
     *
     * @param devices where frames leave, by device index
     * @param frames where the frames for cut packets come from: this thread's
     * @param taps see each frame before it is cut
     * @param clock of this thread, for the taps
     * @param inbound where frames come from when the protocol runs on another thread, else {@code null}
     */
    TransmitStage(
            FrameDevice[] devices,
            FramePool frames,
            Counters counters,
            TapPoint taps,
            CycleClock clock,
            @Nullable HandoffRing inbound) {
        this.devices = devices.clone();
        this.outputs = new FrameOutput[devices.length];
        for (int i = 0; i < devices.length; i++) {
            outputs[i] = devices[i]::transmit;
        }
        this.noDevice = counters.counter("PipelineNoSuchDevice");
        this.segmenter = new Segmenter(
                frames, counters.counter("PipelineSegmentNoFrame"), counters.counter("PipelineSegmentMalformed"));
        this.taps = taps;
        this.clock = clock;
        this.inbound = inbound;
    }

    @Override
    public void transmit(Frame frame) {
        int index = frame.device();
        if (index < 0 || index >= devices.length) {
            frame.drop(noDevice);
            return;
        }
        taps.onTransmitted(index, frame, clock.nowNs());
        FrameDevice device = devices[index];
        if ((neededOffloads(frame) & ~device.offloads()) == 0) {
            device.transmit(frame);
        } else {
            segmenter.process(frame, outputs[index]);
        }
    }

    /** What a device has to do for this frame to leave as it is. */
    private static int neededOffloads(Frame frame) {
        int needed = frame.checksumState() == Frame.CHECKSUM_PARTIAL ? Offloads.CHECKSUM : 0;
        return switch (frame.gsoType()) {
            case Frame.GSO_TCP4 -> needed | Offloads.TSO4 | (frame.gsoEcn() ? Offloads.TSO_ECN : 0);
            case Frame.GSO_TCP6 -> needed | Offloads.TSO6 | (frame.gsoEcn() ? Offloads.TSO_ECN : 0);
            case Frame.GSO_UDP -> needed | Offloads.USO;
            default -> needed;
        };
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
