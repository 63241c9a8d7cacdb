package dev.braid.stack.tcp;

/**
 * Whether an upper layer's data may go now, and how much: decided before it is asked, since what it gives to one connection it cannot
 * give to another any more.
 */
final class Pull {
    /** What keeps new data of any length from leaving now. */
    private enum Hindrance { NONE, WINDOW, CONGESTION, PACE }

    private Pull() {}

    /** Asks the upper layer for data if some could leave at once; returns whether it gave any. */
    static boolean from(UpperLayer upper, Tcb tcb, long nowNs) {
        Hindrance hindrance = hindrance(tcb, nowNs);
        if (hindrance == Hindrance.WINDOW) {
            tcb.windowLimited = upper.pullable(tcb) > 0;
            return false;
        }
        if (hindrance == Hindrance.CONGESTION) {
            tcb.cwndLimited = upper.pullable(tcb) > 0;
            return false;
        }
        int packetMss = SegmentWriter.packetMss(tcb);
        long allowed = allowed(tcb);
        if (Output.worthWaiting(tcb, upper.pullable(tcb), allowed, packetMss, nowNs)) {
            tcb.cwndLimited = true;
            return false;
        }
        if (hindrance == Hindrance.PACE) {
            if (upper.pullable(tcb) > 0) {
                tcb.deadlines.paceNs = Math.max(nowNs + 1, tcb.pacer.nextSendNs());
            }
            return false;
        }
        long room = Math.min(Math.min(window(tcb), allowed),
                Math.min(Output.frameBudget(tcb, packetMss), Output.MAX_PAYLOAD));
        tcb.upperReady = upper.pull(tcb, (int) room, nowNs) > 0;
        return tcb.upperReady;
    }

    /** Whether windows, congestion control and the pace let new data leave now. */
    static boolean mayPull(Tcb tcb, long nowNs) {
        return hindrance(tcb, nowNs) == Hindrance.NONE;
    }

    private static Hindrance hindrance(Tcb tcb, long nowNs) {
        int packetMss = SegmentWriter.packetMss(tcb);
        long window = window(tcb);
        if (window <= 0 || isSilly(tcb, window, packetMss)) {
            return Hindrance.WINDOW;
        }
        if (allowed(tcb) < packetMss) {
            return Hindrance.CONGESTION;
        }
        return tcb.pacer.mayGo(nowNs) ? Hindrance.NONE : Hindrance.PACE;
    }

    /** Bytes that the peer's window leaves, which may be none and less. */
    private static long window(Tcb tcb) {
        return (long) tcb.sndWnd - tcb.flightSize();
    }

    /** Bytes that congestion control leaves, which may be none and less. */
    private static long allowed(Tcb tcb) {
        return tcb.congestion.cwnd() - tcb.inflight();
    }

    /** RFC 9293 section 3.8.6.2.1: a window smaller than a segment, and than half the largest ever seen, is waited out. */
    private static boolean isSilly(Tcb tcb, long window, int packetMss) {
        return window < Math.min(packetMss, Math.max(1, tcb.maxSndWnd / 2)) && !tcb.overrideSws;
    }
}
