package dev.braid.stack.mptcp;

import java.util.ArrayList;
import java.util.List;

/** Shows every connection of a core, a slice at a time, as {@code ConnectionListing} does for TCP's. Core thread only. */
public final class MptcpListing {
    /** What was there in the beginning. */
    private final List<MptcpConnection> connections;
    private int shown;

    MptcpListing(Iterable<MptcpConnection> present) {
        connections = new ArrayList<>();
        present.forEach(connections::add);
    }

    /**
     * Adds the next connections to {@code into}.
     *
     * @param most how many at the most, at least 1
     * @return whether there are more
     */
    public boolean next(List<MptcpInfo> into, int most, long nowNs) {
        int end = Math.min(connections.size(), shown + most);
        for (; shown < end; shown++) {
            into.add(connections.get(shown).multipathInfo(nowNs));
        }
        return shown < connections.size();
    }
}
