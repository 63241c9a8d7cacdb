package dev.braid.stack.golden;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.sim.LinkTap;
import dev.braid.fastpath.sim.SimLink;

/**
 * How long packets stayed on a link on average, by Little's law: the mean number on it over the rate of those that arrived.
 */
final class QueueWatch implements LinkTap {
    private long travelling;
    private long sinceNs;
    /** Packets times nanoseconds. */
    private long stay;
    private long arrived;
    private long dropped;

    @Override
    public void onFate(SimLink link, Frame frame, Fate fate, long nowNs) {
        switch (fate) {
            case SENT -> change(nowNs, 1);
            case ARRIVED -> {
                change(nowNs, -1);
                arrived++;
            }
            case QUEUE_FULL -> dropped++;
            default -> {
                // Neither enters nor leaves.
            }
        }
    }

    private void change(long nowNs, int by) {
        stay += travelling * (nowNs - sinceNs);
        sinceNs = nowNs;
        travelling += by;
    }

    /** Mean time on the link, nanoseconds. */
    double meanStayNs() {
        return arrived == 0 ? 0 : (double) stay / arrived;
    }

    /** Packets that found the queue full. */
    long dropped() {
        return dropped;
    }
}
