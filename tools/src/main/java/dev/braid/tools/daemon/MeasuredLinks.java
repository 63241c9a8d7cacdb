package dev.braid.tools.daemon;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.tcp.TcpInfo;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Links;
import dev.braid.tools.host.Role;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bound links, with the round trips that connections over them had. A link that nothing runs over keeps what it had. Any thread. */
final class MeasuredLinks implements Links {
    private final Links bound;
    /** The shortest smoothed round trip by the stack's own address, ns. */
    private volatile Map<IpAddress, Long> shortest = Map.of();

    MeasuredLinks(Links bound) {
        this.bound = bound;
    }

    /** Looks at the connections and subflows that run. */
    synchronized void measure(List<TcpInfo> connections) {
        var now = new HashMap<IpAddress, Long>();
        for (TcpInfo connection : connections) {
            if (connection.rttNs > 0) {
                now.merge(connection.local, connection.rttNs, Math::min);
            }
        }
        var changed = new HashMap<>(shortest);
        changed.putAll(now);
        shortest = changed;
    }

    @Override
    public List<LinkView> all() {
        Map<IpAddress, Long> known = shortest;
        return bound.all().stream().map(link -> link.measured(shortest(link, known))).toList();
    }

    private static long shortest(LinkView link, Map<IpAddress, Long> known) {
        long v4 = of(link.v4(), known);
        long v6 = of(link.v6(), known);
        return v4 == 0 || (v6 != 0 && v6 < v4) ? v6 : v4;
    }

    private static long of(@Nullable IpAddress local, Map<IpAddress, Long> known) {
        return local == null ? 0 : known.getOrDefault(local, 0L);
    }

    @Override
    public void role(String nic, Role role) throws IOException {
        bound.role(nic, role);
    }

    @Override
    public void heard(int index, boolean answered) {
        bound.heard(index, answered);
    }
}
