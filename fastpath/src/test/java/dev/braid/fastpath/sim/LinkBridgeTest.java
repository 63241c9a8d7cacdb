package dev.braid.fastpath.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkBridgeTest {
    private static final long MS = 1_000_000;

    private final Arena arena = Arena.ofConfined();
    private final FramePool frames = new FramePool(arena, 64, 4, true);
    private final List<Integer> left = new ArrayList<>();

    @AfterEach
    void nothingLeaked() {
        assertThat(frames.leaks()).isEmpty();
        arena.close();
    }

    private LinkBridge bridge(LinkConfig forth, LinkConfig back) {
        return new LinkBridge(forth, back, 1, frames, Counters.inMemory(arena, 64), frame -> {
            left.add(frame.device());
            frame.release();
        });
    }

    private Frame packet(int device) {
        Frame frame = Objects.requireNonNull(frames.takeMtu());
        frame.resize(100);
        return frame.device(device);
    }

    @Test
    void packetsLeaveByTheOtherDeviceAfterTheLinksDelay() {
        LinkBridge bridge = bridge(LinkConfig.PERFECT.delay(10 * MS), LinkConfig.PERFECT.delay(30 * MS));
        bridge.onFrame(packet(0), 0);
        bridge.onFrame(packet(1), 0);
        assertThat(bridge.flush(0)).isZero();
        assertThat(bridge.nextDeadlineNs()).isEqualTo(10 * MS);
        assertThat(bridge.flush(10 * MS)).isOne();
        assertThat(left).containsExactly(1);
        assertThat(bridge.flush(30 * MS)).isOne();
        assertThat(left).containsExactly(1, 0);
        assertThat(bridge.nextDeadlineNs()).isEqualTo(Deadlines.NONE);
    }

    @Test
    void whatIsLostIsReleased() {
        LinkBridge bridge = bridge(LinkConfig.PERFECT.loss(1), LinkConfig.PERFECT);
        bridge.onFrame(packet(0), 0);
        assertThat(bridge.flush(MS)).isZero();
        assertThat(bridge.from(0).offered()).isOne();
    }

    @Test
    void closingReleasesWhatIsOnItsWay() {
        LinkBridge bridge = bridge(LinkConfig.PERFECT.delay(MS), LinkConfig.PERFECT);
        bridge.onFrame(packet(0), 0);
        bridge.close();
        assertThat(bridge.nextDeadlineNs()).isEqualTo(Deadlines.NONE);
    }
}
