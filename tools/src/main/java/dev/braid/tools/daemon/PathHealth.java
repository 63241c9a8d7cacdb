package dev.braid.tools.daemon;

import dev.braid.stack.tcp.TcpInfo;
import dev.braid.tools.host.LinkView;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Round trip and loss of one link: those of the TCP connections and subflows over it, weighted by what they carried. */
final class PathHealth {
    private int subflows;
    private double weight;
    private double weightedRttNs;
    private long sent;
    private long sentAgain;

    /** Of what runs over this link now. */
    static PathHealth of(LinkView link, List<TcpInfo> connections) {
        var health = new PathHealth();
        for (TcpInfo connection : connections) {
            boolean here = connection.local.equals(link.v4()) || connection.local.equals(link.v6());
            if (here && connection.stateName().equals("ESTAB")) {
                health.add(connection.bytesSent, connection.bytesRetrans, connection.bytesReceived, connection.rttNs);
            }
        }
        return health;
    }

    /**
     * One connection more.
     *
     * @param rttNs its smoothed round trip; 0 = not measured
     */
    void add(long bytesSent, long bytesSentAgain, long bytesReceived, long rttNs) {
        subflows++;
        sent += bytesSent;
        sentAgain += bytesSentAgain;
        if (rttNs > 0) {
            double carried = 1.0 + bytesSent + bytesReceived;
            weight += carried;
            weightedRttNs += carried * rttNs;
        }
    }

    /** Adds to a report. Loss is the part of the bytes sent that were sent again. */
    void report(Map<String, Object> into) {
        into.put("rtt_ms", rttMs());
        into.put("loss", loss());
        into.put("subflows", subflows);
    }

    private @Nullable Double rttMs() {
        return weight == 0 ? null : Math.round(weightedRttNs / weight / 1e4) / 100.0;
    }

    private @Nullable Double loss() {
        return sent == 0 ? null : Math.round(1e5 * sentAgain / sent) / 1e5;
    }
}
