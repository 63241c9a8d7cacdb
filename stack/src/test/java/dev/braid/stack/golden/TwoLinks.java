package dev.braid.stack.golden;

import dev.braid.fastpath.sim.LinkConfig;

/**
 * Two links between two hosts: a cell of the aggregation table, the same as {@code braid bench aggregation} has on emulated links.
 *
 * @param firstMegabits 10^6 bit/s of the link that connections begin on, Ethernet headers counted
 * @param secondMegabits of the other one
 * @param firstMs how long packets travel, one way
 * @param secondMs on the other one
 */
record TwoLinks(int firstMegabits, int secondMegabits, int firstMs, int secondMs) {
    static final int LINKS = 2;
    private static final int MTU = 1500;
    private static final int ETHERNET_HEADER = 14;
    private static final int LEAST_QUEUE_PACKETS = 20;
    private static final int MOST_QUEUE_PACKETS = 100;
    /** ACKs are never dropped for want of a queue. */
    private static final int BACK_QUEUE_BYTES = 256 << 10;

    private int megabits(int link) {
        return link == 0 ? firstMegabits : secondMegabits;
    }

    private int delayMs(int link) {
        return link == 0 ? firstMs : secondMs;
    }

    /** Packets that wait for a link: as many as are on their way there and back, within bounds. */
    int queuePackets(int link) {
        long inFlight = megabits(link) * 1_000_000L / 8 * 2 * delayMs(link) / 1000 / (MTU + ETHERNET_HEADER);
        return Math.clamp(inFlight, LEAST_QUEUE_PACKETS, MOST_QUEUE_PACKETS);
    }

    /** The way of the data. */
    LinkConfig forth(int link) {
        return back(link).queue(queuePackets(link) * (MTU + ETHERNET_HEADER));
    }

    /** The way of the acknowledgments, at the same rate. */
    LinkConfig back(int link) {
        return LinkConfig.PERFECT.rate(megabits(link) * 1_000_000L)
                .overhead(ETHERNET_HEADER)
                .queue(BACK_QUEUE_BYTES)
                .delay(delayMs(link) * TwoLinkLab.MS)
                .mtu(MTU);
    }

    /** Whether both delay packets alike. */
    boolean isLevel() {
        return firstMs == secondMs;
    }

    @Override
    public String toString() {
        return firstMegabits + "/" + secondMegabits + "@" + firstMs + "/" + secondMs;
    }
}
