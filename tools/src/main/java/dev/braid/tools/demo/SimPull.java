package dev.braid.tools.demo;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.stack.core.StackCore;

/** The first simulated path's being taken away and given back in the course of one transfer. */
final class SimPull {
    /** Of the bytes, what has arrived when the path goes. */
    private static final double CUT_AT = 0.4;

    private final DemoPlan plan;
    private final SimPath path;
    private final StackCore client;
    private long cutNs;
    private long backNs;

    SimPull(DemoPlan plan, SimPath path, StackCore client) {
        this.plan = plan;
        this.path = path;
        this.client = client;
    }

    /** Does what is due when so many bytes have arrived. */
    void work(long received, long nowNs) {
        if (plan.pull() == Pull.NONE) {
            return;
        }
        if (cutNs == 0 && received >= CUT_AT * plan.bytes()) {
            cutNs = nowNs;
            path.pull(plan.pull(), client, nowNs);
        } else if (cutNs != 0 && backNs == 0 && nowNs >= cutNs + plan.awayNs()) {
            giveBack(nowNs);
        }
    }

    private void giveBack(long nowNs) {
        backNs = nowNs;
        path.giveBack(plan.pull(), client, nowNs);
    }

    /** When it has something to do whatever arrives. */
    long nextNs() {
        return cutNs != 0 && backNs == 0 ? cutNs + plan.awayNs() : Deadlines.NONE;
    }

    /** The transfer is over: the next one finds the path there. Answers what the pull cost. */
    Handover end(Direction direction, ArrivalLog log, double survivorsMbit, long nowNs) {
        if (cutNs == 0) {
            return Handover.NONE;
        }
        long returnNs = backNs == 0 ? -1 : path.carried(direction).reachedNs(backNs, Handover.CARRIES);
        Handover cost = Handover.of(log, survivorsMbit, cutNs, backNs, returnNs);
        if (backNs == 0) {
            giveBack(nowNs);
        }
        return cost;
    }

    /** When the path went; {@code otherwise} if it did not. */
    long wholeUntilNs(long otherwise) {
        return cutNs == 0 ? otherwise : Math.min(cutNs, otherwise);
    }
}
