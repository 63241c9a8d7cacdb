package dev.braid.fastpath.sim;

import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.frame.Frame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A host of a {@link SimNetwork}: a processor and its ports. It is the output that the processor is made with. */
public final class SimNode implements FrameOutput {
    private final SimNetwork network;
    private final String name;
    private final List<SimPort> ports = new ArrayList<>();
    private @Nullable FrameProcessor processor;

    SimNode(SimNetwork network, String name) {
        this.network = network;
        this.name = name;
    }

    /** Its name in journals. */
    public String name() {
        return name;
    }

    /** Makes this processor the host's core. Once, before the first frame. */
    public void attach(FrameProcessor core) {
        processor = core;
    }

    /**
     * The port with this device index.
     *
     * @throws IllegalArgumentException when the node has none
     */
    public SimPort port(int device) {
        for (SimPort port : ports) {
            if (port.device() == device) {
                return port;
            }
        }
        throw new IllegalArgumentException(name + " has no device " + device);
    }

    /** Sends a frame by the device its metadata names: a super-frame is cut first. */
    @Override
    public void transmit(Frame frame) {
        network.transmit(port(frame.device()), frame);
    }

    FrameProcessor processor() {
        FrameProcessor core = processor;
        if (core == null) {
            throw new IllegalStateException("node " + name + " has no processor");
        }
        return core;
    }

    List<SimPort> ports() {
        return ports;
    }
}
