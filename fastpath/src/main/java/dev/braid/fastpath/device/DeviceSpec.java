package dev.braid.fastpath.device;

import dev.braid.fastpath.wire.Prefix;
import java.util.List;

/**
 * A device to open.
 *
 * @param kind which provider opens it, for example {@code tun}
 * @param name the device's name
 * @param addresses the stack's own addresses on it with their prefix lengths
 * @param mtu bytes of IP, or 0 for the device's own
 * @param queues descriptors to open, 1 or more
 * @param offloads the {@link Offloads} bits that may be switched on, as far as the device has them
 */
public record DeviceSpec(String kind, String name, List<Prefix> addresses, int mtu, int queues, int offloads) {
    /** Copies the list. */
    public DeviceSpec {
        addresses = List.copyOf(addresses);
    }

    /** A device with all the offloads it has. */
    public DeviceSpec(String kind, String name, List<Prefix> addresses, int mtu, int queues) {
        this(kind, name, addresses, mtu, queues, Offloads.ALL);
    }
}
