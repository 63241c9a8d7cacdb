package dev.braid.fastpath.sim;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;

/** What a link counts: one counter for each {@link LinkTap.Fate}, named {@code Link.<name>.<fate>}. */
public final class LinkCounters {
    private static final LinkTap.Fate[] FATES = LinkTap.Fate.values();

    private final Counter[] byFate = new Counter[FATES.length];

    /** Counters under the link's name; links of one name share them. */
    public LinkCounters(Counters counters, String linkName) {
        for (LinkTap.Fate fate : FATES) {
            byFate[fate.ordinal()] = counters.counter("Link." + linkName + '.' + fate);
        }
    }

    /** The counter of one fate. */
    public Counter of(LinkTap.Fate fate) {
        return byFate[fate.ordinal()];
    }
}
