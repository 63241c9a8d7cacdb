package dev.braid.fastpath.sim;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;

/**
 * What a link counts: one counter for each {@link LinkTap.Fate}, named {@code Link.<name>.<fate>}, the bytes that went in and
 * came out, and the most bytes that ever waited in its queue.
 */
public final class LinkCounters {
    private static final LinkTap.Fate[] FATES = LinkTap.Fate.values();

    private final Counter[] byFate = new Counter[FATES.length];
    private final Counter offeredBytes;
    private final Counter arrivedBytes;
    private final Counter queueHighWater;

    /** Counters under the link's name; links of one name share them. */
    public LinkCounters(Counters counters, String linkName) {
        for (LinkTap.Fate fate : FATES) {
            byFate[fate.ordinal()] = counters.counter("Link." + linkName + '.' + fate);
        }
        offeredBytes = counters.counter("Link." + linkName + ".OFFERED_BYTES");
        arrivedBytes = counters.counter("Link." + linkName + ".ARRIVED_BYTES");
        queueHighWater = counters.counter("Link." + linkName + ".QUEUE_HIGH_WATER");
    }

    /** Bytes of IP that entered, whatever became of them. */
    public Counter offeredBytes() {
        return offeredBytes;
    }

    /** Bytes of IP that arrived. */
    public Counter arrivedBytes() {
        return arrivedBytes;
    }

    /** The most bytes, overhead included, that ever waited for the limited rate. */
    public Counter queueHighWater() {
        return queueHighWater;
    }

    /** So many bytes wait now. */
    void waiting(long bytes) {
        if (bytes > queueHighWater.value()) {
            queueHighWater.assign(bytes);
        }
    }

    /** The counter of one fate. */
    public Counter of(LinkTap.Fate fate) {
        return byFate[fate.ordinal()];
    }
}
