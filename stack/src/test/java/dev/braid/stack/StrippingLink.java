package dev.braid.stack;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.DeviceEvents;
import dev.braid.fastpath.device.DeviceSpec;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameDeviceProvider;
import dev.braid.fastpath.device.Waiter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.middlebox.SegmentEdit;
import dev.braid.fastpath.sim.middlebox.SegmentEditor;
import dev.braid.fastpath.wire.TcpOptions;
import java.util.BitSet;
import java.util.List;

/** A link of one device on whose way out a box takes Multipath TCP's options off all segments but SYNs. */
final class StrippingLink implements FrameDeviceProvider {
    private final FrameDeviceProvider link;

    StrippingLink(FrameDeviceProvider link) {
        this.link = link;
    }

    @Override
    public String kind() {
        return link.kind();
    }

    @Override
    public List<FrameDevice> open(
            DeviceSpec spec, int index, FramePool frames, Counters counters, DeviceEvents events) {
        FrameDevice device = link.open(spec, index, frames, counters, events).getFirst();
        return List.of(new Device(device, counters.counter("Stripped")));
    }

    @Override
    public Waiter waiter(List<FrameDevice> devices) {
        return link.waiter(List.of(((Device) devices.getFirst()).inner));
    }

    private static final class Device implements FrameDevice {
        final FrameDevice inner;
        private final SegmentEditor box;

        Device(FrameDevice inner, Counter stripped) {
            this.inner = inner;
            BitSet kinds = new BitSet();
            kinds.set(TcpOptions.KIND_MPTCP);
            box = new SegmentEditor(SegmentEdit.strip(kinds, SegmentEdit.Scope.NOT_SYN), stripped);
        }

        @Override
        public String name() {
            return inner.name();
        }

        @Override
        public int mtu() {
            return inner.mtu();
        }

        @Override
        public int offloads() {
            return inner.offloads();
        }

        @Override
        public int receive(FrameBatch batch) {
            return inner.receive(batch);
        }

        @Override
        public void transmit(Frame frame) {
            box.onFrame(frame, 0, inner::transmit);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
