package dev.braid.stack.tcp;

/**
 * Whether an upper layer's data may go now, and how much: decided before it is asked, since what it gives to one connection it cannot
 * give to another any more.
 */
final class Pull {
    private Pull() {}

    /** Asks the upper layer for data if some could leave at once; returns whether it gave any. */
    static boolean from(UpperLayer upper, Tcb tcb, long nowNs) {
        long window = (long) tcb.sndWnd - tcb.flightSize();
        long allowed = tcb.congestion.cwnd() - tcb.inflight();
        int packetMss = SegmentWriter.packetMss(tcb);
        if (window <= 0 || isSilly(tcb, window, packetMss)) {
            tcb.windowLimited = upper.pullable(tcb) > 0;
            return false;
        }
        if (allowed < packetMss) {
            tcb.cwndLimited = upper.pullable(tcb) > 0;
            return false;
        }
        if (Output.worthWaiting(tcb, upper.pullable(tcb), allowed, packetMss, nowNs)) {
            tcb.cwndLimited = true;
            return false;
        }
        if (!tcb.pacer.mayGo(nowNs)) {
            if (upper.pullable(tcb) > 0) {
                tcb.deadlines.paceNs = Math.max(nowNs + 1, tcb.pacer.nextSendNs());
            }
            return false;
        }
        long room = Math.min(Math.min(window, allowed),
                Math.min(Output.frameBudget(tcb, packetMss), Output.MAX_PAYLOAD));
        tcb.upperReady = upper.pull(tcb, (int) room, nowNs) > 0;
        return tcb.upperReady;
    }

    /** Whether windows, congestion control and the pace let new data leave now. */
    static boolean mayPull(Tcb tcb, long nowNs) {
        long window = (long) tcb.sndWnd - tcb.flightSize();
        int packetMss = SegmentWriter.packetMss(tcb);
        return window > 0
                && !isSilly(tcb, window, packetMss)
                && tcb.congestion.cwnd() - tcb.inflight() >= packetMss
                && tcb.pacer.mayGo(nowNs);
    }

    /** RFC 9293 section 3.8.6.2.1: a window smaller than a segment, and than half the largest ever seen, is waited out. */
    private static boolean isSilly(Tcb tcb, long window, int packetMss) {
        return window < Math.min(packetMss, Math.max(1, tcb.maxSndWnd / 2)) && !tcb.overrideSws;
    }
}
