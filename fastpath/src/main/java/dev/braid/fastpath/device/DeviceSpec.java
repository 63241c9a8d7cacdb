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
 */
public record DeviceSpec(String kind, String name, List<Prefix> addresses, int mtu, int queues) {
    /** Copies the list. */
    public DeviceSpec {
        addresses = List.copyOf(addresses);
    }
}
