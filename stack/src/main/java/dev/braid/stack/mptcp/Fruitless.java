package dev.braid.stack.mptcp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries in vain: a subflow's peer acknowledged data, and the connection's did not. A middlebox on the path may take off mappings,
 * or the peer may have dropped the data since. The same path, which a scheduler may prefer to all, need not bring it the next time
 * either, so that others have their turn before it. Core thread only.
 */
final class Fruitless {
    private Fruitless() {}

    /**
     * The subflow that brought the byte at a position of the connection's stream less often than others did, the fastest of several. It
     * may be busy, not silent.
     *
     * @return {@code null} when all did equally often: it is the scheduler's choice
     */
    static @Nullable Subflow fewest(List<Subflow> subflows, long position, long nowNs) {
        Subflow best = null;
        int fewest = 0;
        int most = 0;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow next = subflows.get(i);
            if (!next.usable() || next.stale || next.timedOut()) {
                continue;
            }
            int times = next.mappings.timesBrought(position);
            most = Math.max(most, times);
            boolean goesOn = next.ready(nowNs) || next.outstanding() > 0;
            boolean better = best == null || times < fewest || (times == fewest && next.srttNs() < best.srttNs());
            if (goesOn && better) {
                best = next;
                fewest = times;
            }
        }
        return fewest < most ? best : null;
    }
}
