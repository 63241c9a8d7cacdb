package dev.braid.tundriver.device;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.DeviceEvents;
import dev.braid.fastpath.device.DeviceSpec;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.FrameDeviceProvider;
import dev.braid.fastpath.device.Waiter;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.tun.Tun;
import dev.braid.tundriver.tun.TunOptions;
import dev.braid.tundriver.tun.TunQueue;
import java.util.List;

/**
 * Opens TUN devices, kind {@code tun}, in the network namespace of the calling thread.
 *
 * <p>A device that is made here is given to the kernel's side ready to use: up, with the first address of each network that
 * is not the stack's own (10.77.0.1 beside 10.77.0.2/24), IPv6 without duplicate-address detection. One that exists is left
 * as it is, up or down, whatever its addresses; an MTU asked for then only limits what the stack sends.
 */
public final class TunDeviceProvider implements FrameDeviceProvider {
    /** For {@link java.util.ServiceLoader}. */
    public TunDeviceProvider() {}

    @Override
    public String kind() {
        return "tun";
    }

    @Override
    public List<FrameDevice> open(
            DeviceSpec spec, int index, FramePool frames, Counters counters, DeviceEvents events) {
        Tun tun = Tun.open(TunOptions.named(spec.name()).queues(spec.queues()).offloads(spec.offloads()));
        try (Rtnetlink netlink = Rtnetlink.open()) {
            if (tun.created()) {
                configure(netlink, tun.link().index(), spec);
            }
            Link link = netlink.link(tun.name());
            SharedTun shared = new SharedTun(tun, new LinkWatch(link, index, spec.mtu(), events));
            TunCounters tunCounters = new TunCounters(counters, "Tun");
            return tun.queues().stream()
                    .<FrameDevice>map(queue -> device(shared, queue, index, frames, tunCounters))
                    .toList();
        } catch (RuntimeException e) {
            tun.close();
            throw e;
        }
    }

    private static TunDevice device(
            SharedTun shared, TunQueue queue, int index, FramePool frames, TunCounters counters) {
        return new TunDevice(shared, queue, index, frames, counters);
    }

    private static void configure(Rtnetlink netlink, int device, DeviceSpec spec) {
        if (spec.mtu() != 0) {
            netlink.mtu(device, spec.mtu());
        }
        for (Prefix own : spec.addresses()) {
            own.firstOtherHost()
                    .ifPresent(peer -> netlink.addAddress(device, new Prefix(peer, own.length())));
        }
        netlink.up(device);
        for (Prefix own : spec.addresses()) {
            if (own.firstOtherHost().isEmpty()) {
                netlink.addRoute(Route.to(own).device(device).build());
            }
        }
        for (Prefix own : spec.addresses()) {
            own.firstOtherHost().ifPresent(netlink::awaitTaken);
        }
    }

    @Override
    public Waiter waiter(List<FrameDevice> devices) {
        return new TunWaiter(devices);
    }
}
