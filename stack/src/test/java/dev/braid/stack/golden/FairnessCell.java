package dev.braid.stack.golden;

import dev.braid.fastpath.sim.SplitMix64;
import java.util.ArrayList;
import java.util.List;

/**
 * Several flows over one bottleneck.
 *
 * @param flows how many, an even number
 * @param first congestion control of every other flow
 * @param second congestion control of the flows between
 * @param fartherMs how much longer the round trip of the second ones is
 */
record FairnessCell(int flows, String first, String second, int fartherMs) {
    /** The path of all of them: 104 packets fit the path and as many the queue. */
    static final Bottleneck PATH = new Bottleneck(50, 25, 0);

    static final int SECONDS = 100;
    /** What is not counted: all have started and met by then. */
    static final int WARM_UP_SECONDS = 25;

    private static final long SEED = 20_26;
    /** The last flow starts by then. */
    private static final int START_MS = 5_000;

    /**
     * What a run showed.
     *
     * @param jain Jain's index: 1 when all got the same, 1/n when one got all
     * @param least what the poorest flow got, of an equal share
     * @param most what the richest flow got, of an equal share
     * @param firstShare what the first kind got, of all
     * @param total goodput of all, of the link's ceiling
     */
    record Result(double jain, double least, double most, double firstShare, double total, double resent,
            double queueMs) {}

    Result run() {
        try (Lab lab = new Lab(PATH, SEED)) {
            if (fartherMs > 0) {
                lab.onTheWayBack(new FartherAway(fartherMs * Lab.MS));
            }
            var random = new SplitMix64(SEED);
            long began = lab.clock.nowNs();
            var running = new ArrayList<BulkFlow>();
            for (int i = 0; i < flows; i++) {
                lab.runUntil(Math.max(lab.clock.nowNs(), began + startMs(i, random) * Lab.MS));
                running.add(lab.open(i % 2 == 0 ? first : second, i % 2));
            }
            lab.runUntil(began + WARM_UP_SECONDS * Lab.SECOND);
            long[] before = running.stream().mapToLong(flow -> flow.readBytes).toArray();
            lab.runUntil(began + SECONDS * Lab.SECOND);
            return result(lab, running, before);
        }
    }

    private long startMs(int flow, SplitMix64 random) {
        return (long) flow * START_MS / flows + random.nextInt(START_MS / flows);
    }

    private static Result result(Lab lab, List<BulkFlow> flows, long[] before) {
        double sum = 0;
        double squares = 0;
        double least = Double.MAX_VALUE;
        double most = 0;
        double ofFirst = 0;
        double sent = 0;
        double resent = 0;
        for (int i = 0; i < before.length; i++) {
            BulkFlow flow = flows.get(i);
            double got = flow.readBytes - before[i];
            sum += got;
            squares += got * got;
            least = Math.min(least, got);
            most = Math.max(most, got);
            ofFirst += i % 2 == 0 ? got : 0;
            var info = flow.sender.tcb().info(lab.clock.nowNs());
            sent += info.bytesSent;
            resent += info.bytesRetrans;
        }
        double equal = sum / before.length;
        return new Result(
                sum * sum / (before.length * squares),
                least / equal,
                most / equal,
                ofFirst / sum,
                sum / (PATH.ceilingBytesPerSecond() * (SECONDS - WARM_UP_SECONDS)),
                resent / sent,
                lab.meanQueueNs() / Lab.MS);
    }
}
