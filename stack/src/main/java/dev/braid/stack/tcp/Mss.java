package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Tcp;

/** Segment sizes (RFC 9293 section 3.7.1, RFC 6691): what is announced, and what is used. */
final class Mss {
    private static final int DEFAULT_IPV4 = 536;
    private static final int DEFAULT_IPV6 = 1220;
    private static final int MAX = 65_535 - 40;

    private Mss() {}

    /** What a SYN without the option means (MUST-15). */
    static int whenNotAnnounced(int ipVersion) {
        return ipVersion == 4 ? DEFAULT_IPV4 : DEFAULT_IPV6;
    }

    /**
     * The option's value: what the link takes less fixed headers. RFC 6691: options are the sender's to subtract, each time; and
     * section 3.1 of RFC 1191: the path's MTU is of one direction, and tells nothing of what the peer may send.
     */
    static int announced(Tcb tcb) {
        return bounded(tcb, tcb.path().linkMtu());
    }

    private static int bounded(Tcb tcb, int mtu) {
        int mss = Math.min(MAX, mtu - tcb.path().headerLength() - Tcp.MIN_HEADER);
        int limit = tcb.settings.maxSegment;
        return limit > 0 ? Math.min(mss, Math.max(limit, tcb.layer.config.minMss)) : mss;
    }

    /** Eff.snd.MSS: payload of a full segment, from the peer's announcement, the path and the usual options. */
    static int effective(Tcb tcb) {
        int peer = Math.max(tcb.peerMss, tcb.layer.config.minMss);
        return Math.min(peer, bounded(tcb, tcb.path().mtu())) - SegmentWriter.usualOptions(tcb);
    }
}
