package dev.braid.bench.tun;

import dev.braid.bench.bed.Disturbance;
import dev.braid.bench.worker.Message;
import org.jspecify.annotations.Nullable;

/** Measurements as a run would bring them. */
final class Samples {
    private static final long MOVED = 1_000_000_000;

    private Samples() {}

    static Measurement of(TestCase test, Peer peer, int round, double value) {
        return of(test, peer, round, value, null);
    }

    static Measurement of(TestCase test, Peer peer, int round, double value, @Nullable Disturbance disturbance) {
        Message client = Message.of("done")
                .with("moved", MOVED)
                .with("ns", 1_000_000_000)
                .with("p50", 10_000)
                .with("p90", 12_000)
                .with("p99", 20_000)
                .with("p999", 40_000)
                .with("max", 90_000);
        Message report = Message.of("report").with("received", MOVED).with("sent", 0).with("wrong", 0);
        if (peer.isBraid()) {
            report = report.with("segments_in", 20_000)
                    .with("segments_out", 5_000)
                    .with("predicted", 19_000)
                    .with("retransmitted", 0)
                    .with("allocated", 0);
        }
        return new Measurement(test, peer, round, value, client, report, 1.5, 1.0, disturbance);
    }
}
