package dev.braid.stack.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.LinkTap;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpInfo;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bulk flow over a link that marks what finds a long queue: nothing is lost, and the queue stays near the threshold. */
@Tag("storms")
class MarkingQueueTest {
    private static final Bottleneck PATH = new Bottleneck(20, 20, 0);
    /** Two fifths of the bandwidth-delay product: 13 packets. */
    private static final int THRESHOLD = 20_000;
    /** Slow start doubles once more before the first echo comes back. */
    private static final int ROOM = 4 << 20;

    private static final LinkConfig MARKING = PATH.forth().queue(ROOM).markAbove(THRESHOLD);

    /** What happens to packets, and how many bytes are on the link at most since {@link #forget}. */
    private static final class Watch implements LinkTap {
        long marked;
        long dropped;
        long onLink;
        long most;

        @Override
        public void onFate(SimLink link, Frame frame, Fate fate, long nowNs) {
            switch (fate) {
                case SENT -> onLink += frame.length();
                case ARRIVED -> onLink -= frame.length();
                case MARKED -> marked++;
                default -> dropped++;
            }
            most = Math.max(most, onLink);
        }

        void forget() {
            most = 0;
            marked = 0;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reno", "cubic", "dctcp"})
    void marksKeepTheQueueShortAndNothingIsLost(String control) {
        assumeTrue(Controls.has(control));
        try (Lab lab = new Lab(PATH, 1)) {
            for (StackCore core : List.of(lab.client, lab.server)) {
                core.tunables().set("net.ipv4.tcp_ecn", "1");
                core.tunables().set("net.ipv4.tcp_congestion_control", control);
            }
            BulkFlow flow = lab.open(control);
            lab.forth.reshape(MARKING);
            var watch = new Watch();
            lab.forth.tap(watch);
            lab.runUntil(3 * Lab.SECOND);
            watch.forget();
            long acked = flow.sender.tcb().bytesAcked();
            lab.runUntil(11 * Lab.SECOND);
            Tcb tcb = flow.sender.tcb();
            TcpInfo info = tcb.info(lab.clock.nowNs());
            assertThat(info.congestion).isEqualTo(control);
            assertThat(info.ecn).isTrue();
            assertThat(info.deliveredCe).isPositive();
            assertThat(watch.marked).isPositive();
            assertThat(watch.dropped).isZero();
            assertThat(tcb.retransmits()).isZero();
            // What lies beyond the threshold came in the round trip before the first echo, or is a burst of the pacer's.
            long queue = watch.most - PATH.bdpBytes() / 2;
            assertThat(queue).as("longest queue").isLessThan(THRESHOLD + 15_000L);
            double goodput = (tcb.bytesAcked() - acked) / 8.0;
            assertThat(goodput).isGreaterThan(0.85 * PATH.ceilingBytesPerSecond());
        }
    }
}
