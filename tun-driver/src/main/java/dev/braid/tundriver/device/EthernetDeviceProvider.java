package dev.braid.tundriver.device;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.DeviceEvents;
import dev.braid.fastpath.device.DeviceSpec;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameDeviceProvider;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.device.Waiter;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.packet.PacketSocket;
import dev.braid.tundriver.tun.TunQueue;
import java.util.List;

/**
 * Opens Ethernet devices that exist, kind {@code veth}, in the network namespace of the calling thread: frames come with their
 * Ethernet headers in front of the packet, and leave only with one. So two such devices can be joined with all that passes
 * between them, address resolution too, while a stack, whose packets have no such header, cannot send through one.
 */
public final class EthernetDeviceProvider implements FrameDeviceProvider {
    /** For {@link java.util.ServiceLoader}. */
    public EthernetDeviceProvider() {}

    @Override
    public String kind() {
        return "veth";
    }

    @Override
    public List<FrameDevice> open(
            DeviceSpec spec, int index, FramePool frames, Counters counters, DeviceEvents events) {
        Link link;
        try (Rtnetlink netlink = Rtnetlink.open()) {
            link = netlink.link(spec.name());
            netlink.up(link.index());
        }
        PacketSocket socket = PacketSocket.open(link);
        try {
            var attachment = new Attached(socket, new LinkWatch(link, index, spec.mtu(), events));
            var queue = new TunQueue(socket.descriptor());
            return List.of(new TunDevice(attachment, queue, index, frames, new TunCounters(counters, "Veth")));
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public Waiter waiter(List<FrameDevice> devices) {
        return new TunWaiter(devices);
    }

    /** One socket and its device. */
    private record Attached(PacketSocket socket, LinkWatch watch) implements Attachment {
        @Override
        public String name() {
            return socket.name();
        }

        @Override
        public int offloads() {
            return Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6 | Offloads.TSO_ECN;
        }

        @Override
        public Preamble preamble() {
            return Preamble.ETHERNET;
        }

        @Override
        public void release() {
            socket.close();
            watch.close();
        }
    }
}
