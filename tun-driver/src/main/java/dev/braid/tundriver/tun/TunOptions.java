package dev.braid.tundriver.tun;

import dev.braid.fastpath.device.Offloads;

/**
 * How a TUN device is opened, or made when there is none of its name.
 *
 * @param name at most 15 bytes; {@code tun%d} lets the kernel choose the number
 * @param queues how many descriptors to open, 1..256; more than one spreads flows over them
 * @param persistent the device stays when the last descriptor is closed
 * @param offloads the {@link Offloads} bits to switch on as far as the kernel has them
 * @param txQueueLength packets that wait for a reader before the kernel drops; the default of 500 is too few for bulk
 */
public record TunOptions(String name, int queues, boolean persistent, int offloads, int txQueueLength) {
    /** Packets that wait for a reader. */
    public static final int TX_QUEUE_LENGTH = 10_000;
    /** Everything the kernel can be left to do. */
    public static final int ALL_OFFLOADS = Offloads.ALL;

    /** A device that goes with its descriptor, with one queue and all offloads. */
    public static TunOptions named(String name) {
        return new TunOptions(name, 1, false, ALL_OFFLOADS, TX_QUEUE_LENGTH);
    }

    /** With so many queues. */
    public TunOptions queues(int count) {
        return new TunOptions(name, count, persistent, offloads, txQueueLength);
    }

    /** That stays when it is closed. */
    public TunOptions kept() {
        return new TunOptions(name, queues, true, offloads, txQueueLength);
    }

    /** With these offloads only. */
    public TunOptions offloads(int bits) {
        return new TunOptions(name, queues, persistent, bits, txQueueLength);
    }
}
