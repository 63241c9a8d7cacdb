package dev.braid.stack.golden;

import dev.braid.stack.tcp.TcpInfo;
import java.util.Arrays;

/** One flow over one path under one congestion control, and what came of it. */
record GoodputCell(Bottleneck path, String control) {
    @Override
    public String toString() {
        return control + " at " + path.megabits() + " Mbit/s, " + path.rttMs() + " ms, " + path.lossPercent() + " %";
    }

    /** What a run showed; shares of 1. */
    record Result(double whole, double settled, double resent, double queueMs, double seconds, TcpInfo info) {}

    private static final long SEED = 20_26;
    private static final long SAMPLE_NS = 100 * Lab.MS;
    private static final int MOST_SAMPLES = 3_000;

    /** Seconds for which an ideal flow runs: as many bytes end the run, and {@link #MOST_SAMPLES} end it if they do not. */
    private int idealSeconds() {
        return switch (path.megabits()) {
            case 1000 -> 12;
            case 100 -> 30;
            default -> 60;
        };
    }

    Result run() {
        return run(Tracer.NONE);
    }

    Result run(Tracer tracer) {
        try (Lab lab = new Lab(path, SEED)) {
            BulkFlow flow = lab.open(control);
            long[] read = new long[MOST_SAMPLES + 1];
            long began = lab.clock.nowNs();
            double enough = path.ceilingBytesPerSecond() * idealSeconds() * 0.999;
            int samples = 0;
            while (samples < MOST_SAMPLES && flow.readBytes < enough) {
                samples++;
                tracer.follow(lab, flow, began + samples * SAMPLE_NS);
                read[samples] = flow.readBytes;
            }
            tracer.end(lab);
            return result(lab, flow, Arrays.copyOf(read, samples + 1));
        }
    }

    private Result result(Lab lab, BulkFlow flow, long[] read) {
        int samples = read.length - 1;
        int half = samples / 2;
        double perSample = path.ceilingBytesPerSecond() * SAMPLE_NS / Lab.SECOND;
        TcpInfo info = flow.sender.tcb().info(lab.clock.nowNs());
        return new Result(
                read[samples] / (perSample * samples),
                (read[samples] - read[half]) / (perSample * (samples - half)),
                (double) info.bytesRetrans / info.bytesSent,
                lab.meanQueueNs() / Lab.MS,
                samples * (double) SAMPLE_NS / Lab.SECOND,
                info);
    }
}
