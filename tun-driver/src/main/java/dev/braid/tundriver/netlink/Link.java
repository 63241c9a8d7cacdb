package dev.braid.tundriver.netlink;

import org.jspecify.annotations.Nullable;

/**
 * A network device as the kernel describes it.
 *
 * @param index its number, unique in its namespace
 * @param name at most 15 bytes
 * @param kind the driver of a virtual device ({@code tun}, {@code veth}…), empty for a physical one
 * @param flags {@code IFF_…} bits of netdevice(7)
 * @param mtu bytes of the largest IP packet
 * @param txQueueLength packets
 * @param operState whether it can carry traffic; a TUN says UNKNOWN while attached
 * @param tun what a TUN or TAP says of itself, null for any other device
 */
public record Link(
        int index,
        String name,
        String kind,
        int flags,
        int mtu,
        int txQueueLength,
        OperState operState,
        @Nullable TunAttributes tun) {
    static final int IFF_UP = 1;
    private static final int IFF_LOWER_UP = 1 << 16;

    /** Whether it is switched on. */
    public boolean up() {
        return (flags & IFF_UP) != 0;
    }

    /** Whether it is switched on and has a carrier: for a TUN, whether a process is attached. */
    public boolean running() {
        return up() && (flags & IFF_LOWER_UP) != 0;
    }

    /**
     * What the tun driver says of one of its devices.
     *
     * @param tap frames have Ethernet headers
     * @param persistent it stays when the last descriptor is closed
     * @param multiQueue it takes several descriptors
     * @param queues descriptors attached now
     */
    public record TunAttributes(boolean tap, boolean persistent, boolean multiQueue, int queues) {}
}
