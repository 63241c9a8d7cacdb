package dev.braid.tundriver.netlink;

/**
 * The counters of a device since it was made, as {@code ip -s link} shows them; <em>transmitted</em> is what the kernel
 * sent to the device, so on a TUN it is what user space reads.
 *
 * @param txDropped on a TUN: packets that found its queue full, or nobody attached
 */
public record LinkStatistics(
        long rxPackets,
        long txPackets,
        long rxBytes,
        long txBytes,
        long rxErrors,
        long txErrors,
        long rxDropped,
        long txDropped) {}
