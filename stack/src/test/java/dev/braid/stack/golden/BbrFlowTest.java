package dev.braid.stack.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** BBR on whole connections: the rate found soon, little queue, and a share left to others. */
class BbrFlowTest {
    private static final long MS = Lab.MS;
    private static final long SECOND = Lab.SECOND;

    @ParameterizedTest
    @CsvSource({"10, 1", "10, 20", "10, 100", "10, 300", "100, 1", "100, 20", "100, 100"})
    void findsTheRateWithinAFewRoundTrips(int megabits, int rttMs) {
        var path = new Bottleneck(megabits, rttMs, 0);
        double doublings = Math.log(path.bdpBytes() / 14_480.0 + 1) / Math.log(2);
        try (Lab lab = new Lab(path, 1)) {
            BulkFlow flow = lab.open("bbr");
            // Doublings from the initial window, three rounds on the plateau, and one in which the repairs come.
            lab.runUntil(lab.clock.nowNs() + (long) ((doublings + 7) * 2 * path.rttNs()) + 400 * MS);
            assertThat((double) flow.sender.tcb().info(lab.clock.nowNs()).pacingRate)
                    .isBetween(0.85 * path.ceilingBytesPerSecond(), 1.3 * path.ceilingBytesPerSecond());
        }
    }

    @ParameterizedTest
    @CsvSource({"10, 20", "100, 20", "100, 100"})
    void fillsThePathAndKeepsTheQueueShort(int megabits, int rttMs) {
        var path = new Bottleneck(megabits, rttMs, 0);
        try (Lab lab = new Lab(path, 1)) {
            BulkFlow flow = lab.open("bbr");
            lab.runUntil(lab.clock.nowNs() + 6 * SECOND);
            long before = flow.readBytes;
            long resentBefore = flow.sender.tcb().info(lab.clock.nowNs()).bytesRetrans;
            double queueMs = 0;
            for (int i = 0; i < 100; i++) {
                lab.runUntil(lab.clock.nowNs() + 60 * MS);
                queueMs += flow.sender.tcb().info(lab.clock.nowNs()).rttNs / 1e6 - rttMs;
            }
            assertThat((flow.readBytes - before) / (6 * path.ceilingBytesPerSecond())).isGreaterThan(0.9);
            assertThat(queueMs / 100).as("mean queue in ms").isLessThan(Math.max(0.5 * rttMs, 8));
            assertThat(flow.sender.tcb().info(lab.clock.nowNs()).bytesRetrans - resentBefore)
                    .isLessThan((flow.readBytes - before) / 500);
        }
    }

    @ParameterizedTest
    @CsvSource({"bbr, bbr, 0.75", "bbr, cubic, 0.1", "bbr, reno, 0.1"})
    void sharesWithOthers(String one, String other, double leastShare) {
        var path = new Bottleneck(20, 40, 0);
        try (Lab lab = new Lab(path, 1)) {
            List<BulkFlow> flows = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                flows.add(lab.open(i % 2 == 0 ? one : other));
                lab.runUntil(lab.clock.nowNs() + 300 * MS);
            }
            lab.runUntil(lab.clock.nowNs() + 10 * SECOND);
            long[] before = flows.stream().mapToLong(flow -> flow.readBytes).toArray();
            lab.runUntil(lab.clock.nowNs() + 40 * SECOND);
            double fair = 40 * path.ceilingBytesPerSecond() / flows.size();
            double total = 0;
            for (int i = 0; i < flows.size(); i++) {
                double share = (flows.get(i).readBytes - before[i]) / fair;
                total += share;
                assertThat(share).as("share of flow " + i).isGreaterThan(leastShare);
            }
            assertThat(total / flows.size()).as("use of the path").isGreaterThan(0.9);
        }
    }
}
