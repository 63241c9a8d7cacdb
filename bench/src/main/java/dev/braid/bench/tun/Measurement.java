package dev.braid.bench.tun;

import dev.braid.bench.bed.Disturbance;
import dev.braid.bench.bed.Statistics;
import dev.braid.bench.worker.Message;
import org.jspecify.annotations.Nullable;

/**
 * One test of one peer in one round.
 *
 * @param round 0 for the pass that warms up and verifies
 * @param value in the test's unit
 * @param client what the client answered
 * @param report what the peer counted meanwhile, Braid's frame counters as differences
 * @param cpuSeconds processor time of client and peer together
 * @param wallSeconds how long it took
 * @param disturbance what else ran; {@code null} when nothing to speak of
 */
record Measurement(
        TestCase test,
        Peer peer,
        int round,
        double value,
        Message client,
        Message report,
        double cpuSeconds,
        double wallSeconds,
        @Nullable Disturbance disturbance) {
    private static final double SUPER_FRAME = 65_536;

    /** Processors kept busy. */
    double coresUsed() {
        return Statistics.ratio(cpuSeconds, wallSeconds);
    }

    /** Processor time of both ends for 64 KiB moved, or for one exchange, in µs: what other load falsifies least. */
    double cpuMicros() {
        double moved = client.number("moved");
        return Statistics.ratio(cpuSeconds * 1e6, test.unit() == TestCase.Unit.GBIT ? moved / SUPER_FRAME : moved);
    }

    /** Of the segments that came in, those that header prediction took, 0..1; NaN for peers that have none. */
    double fastPathShare() {
        return peer.isBraid() ? Statistics.ratio(report.number("predicted"), report.number("segments_in")) : Double.NaN;
    }

    /** Heap bytes allocated by the stack's threads for each segment in or out; NaN for peers that have no heap. */
    double allocatedPerFrame() {
        return peer.isBraid()
                ? Statistics.ratio(report.number("allocated"),
                        report.number("segments_in") + report.number("segments_out"))
                : Double.NaN;
    }

    /** Payload of a segment that carries it, on average; NaN for peers that do not count segments. */
    double bytesPerFrame() {
        String counted = test.order().equals("maerts") ? "segments_out" : "segments_in";
        return peer.isBraid() ? Statistics.ratio(client.number("moved"), report.number(counted)) : Double.NaN;
    }
}
