package dev.braid.tundriver.device;

import dev.braid.fastpath.device.DeviceEvents;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.LinkEvent;
import dev.braid.tundriver.netlink.LinkMonitor;
import java.util.EnumSet;
import java.util.function.Consumer;

/**
 * Follows whether one network device is up, and its MTU, and tells changes. A device counts as up when it is opened, until
 * the kernel says otherwise. All methods but {@link #mtu} are the receiving thread's.
 */
final class LinkWatch implements AutoCloseable {
    private final LinkMonitor monitor;
    private final Consumer<LinkEvent> listener = this::onEvent;
    private final DeviceEvents events;
    private final int device;
    private final int link;
    private final int largestMtu;
    private volatile int mtu;
    private boolean up = true;
    private boolean gone;

    /**
     * Watches a link of the calling thread's network namespace.
     *
     * @param device the number that {@code events} knows it by
     * @param largestMtu a limit on what is told, or 0 for none
     */
    LinkWatch(Link link, int device, int largestMtu, DeviceEvents events) {
        this.monitor = LinkMonitor.open(EnumSet.of(LinkMonitor.Topic.LINKS));
        this.events = events;
        this.device = device;
        this.link = link.index();
        this.largestMtu = largestMtu;
        this.mtu = limited(link.mtu());
    }

    private int limited(int bytes) {
        return largestMtu == 0 ? bytes : Math.min(bytes, largestMtu);
    }

    /** Bytes of IP. Any thread. */
    int mtu() {
        return mtu;
    }

    int descriptor() {
        return monitor.descriptor();
    }

    /** Whether the device was deleted. */
    boolean isGone() {
        return gone;
    }

    /** Reads what the kernel has to say, or it would say it for ever, and tells what concerns this device. */
    void look() {
        monitor.drain(listener);
    }

    private void onEvent(LinkEvent event) {
        if (gone) {
            return;
        }
        switch (event) {
            case LinkEvent.LinkChanged(Link changed) when changed.index() == link ->
                tell(changed.up(), limited(changed.mtu()));
            case LinkEvent.LinkRemoved(Link removed) when removed.index() == link -> lost();
            default -> {
                // Another device's.
            }
        }
    }

    /** The device is gone for good. */
    void lost() {
        gone = true;
        tell(false, mtu);
    }

    private void tell(boolean nowUp, int nowMtu) {
        if (nowUp != up || nowMtu != mtu) {
            up = nowUp;
            mtu = nowMtu;
            events.onDevice(device, nowUp, nowMtu);
        }
    }

    @Override
    public void close() {
        monitor.close();
    }
}
