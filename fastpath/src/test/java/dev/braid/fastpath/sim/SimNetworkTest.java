package dev.braid.fastpath.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimNetworkTest {
    private static final long MS = 1_000_000;

    private final Arena arena = Arena.ofConfined();
    private final FramePool pool = new FramePool(arena, 4096, 16, true);

    @AfterEach
    void nothingLeaks() {
        assertThat(pool.leaks()).isEmpty();
        arena.close();
    }

    /** Sends every frame back with its hop count one lower, until that is 0; asks again when an answer is lost. */
    private final class Bouncer implements FrameProcessor {
        final FrameOutput output;
        final boolean asks;
        int seen;
        long deadlineNs = Deadlines.NONE;

        Bouncer(FrameOutput output, boolean asks) {
            this.output = output;
            this.asks = asks;
        }

        void ask(int hops, long nowNs) {
            Frame frame = pool.takeMtu();
            frame.resize(100);
            Memory.zero(frame.data(), 100);
            Memory.put32(frame.data(), hops);
            deadlineNs = nowNs + 100 * MS;
            output.transmit(frame.device(0));
        }

        @Override
        public void onFrame(Frame frame, long nowNs) {
            assertThat(frame.arrivalNs()).isEqualTo(nowNs);
            seen++;
            int hops = Memory.i32(frame.data());
            if (hops == 0) {
                deadlineNs = Deadlines.NONE;
                frame.release();
                return;
            }
            Memory.put32(frame.data(), hops - 1);
            deadlineNs = asks ? nowNs + 100 * MS : Deadlines.NONE;
            output.transmit(frame.device(0));
        }

        @Override
        public void onDevice(int device, boolean up, int mtu, long nowNs) {}

        @Override
        public void onDeadline(long nowNs) {
            ask(10, nowNs);
        }

        @Override
        public int flush(long nowNs) {
            return 0;
        }

        @Override
        public long nextDeadlineNs() {
            return deadlineNs;
        }
    }

    private final class Pair {
        final SimNetwork network;
        final Bouncer left;
        final Bouncer right;
        final SimPort port;

        Pair(long seed, LinkConfig config) {
            network = new SimNetwork(new VirtualClock(0), seed, pool, Counters.inMemory(arena, 64));
            SimNode a = network.node("left");
            SimNode b = network.node("right");
            left = new Bouncer(a, true);
            right = new Bouncer(b, false);
            a.attach(left);
            b.attach(right);
            port = network.join(a, 0, b, 0, config, config);
        }
    }

    @Test
    void framesBounceAtTheLinksPaceUntilAllIsIdle() {
        Pair pair = new Pair(1, LinkConfig.PERFECT.delay(5 * MS));
        pair.left.ask(9, 0);
        assertThat(pair.network.runUntilIdle(Long.MAX_VALUE - 1)).isTrue();
        assertThat(pair.left.seen + pair.right.seen).isEqualTo(10);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        LinkConfig lossy = LinkConfig.PERFECT.delay(MS).jitter(MS).loss(0.2).duplicate(0.05).corrupt(0.05);
        long first = digestOf(3, lossy);
        assertThat(digestOf(3, lossy)).isEqualTo(first);
        assertThat(digestOf(4, lossy)).isNotEqualTo(first);
    }

    private long digestOf(long seed, LinkConfig config) {
        Pair pair = new Pair(seed, config);
        pair.left.ask(10, 0);
        pair.network.runUntil(5_000 * MS);
        pair.network.close();
        return pair.network.digest();
    }

    @Test
    void lossIsRepairedByTheDeadline() {
        Pair pair = new Pair(1, LinkConfig.PERFECT.delay(MS).lose(0));
        pair.left.ask(10, 0);
        pair.network.runUntil(99 * MS);
        assertThat(pair.right.seen).isZero();
        pair.network.runUntil(101 * MS);
        assertThat(pair.right.seen).isEqualTo(1);
        pair.network.close();
    }

    @Test
    void moderationHandsPacketsOverTogether() {
        Pair pair = new Pair(1, LinkConfig.PERFECT.delay(MS));
        SimPort moderated = pair.port.moderation(10 * MS);
        assertThat(moderated.nextArrivalNs()).isEqualTo(Deadlines.NONE);
        moderated.in().offer(pool.takeMtu(), 2 * MS);
        assertThat(moderated.nextArrivalNs()).isEqualTo(10 * MS);
        pair.network.close();
    }

    @Test
    void anUnfinishedRunIsReported() {
        Pair pair = new Pair(1, LinkConfig.PERFECT.delay(MS).loss(1));
        pair.left.ask(1, 0);
        assertThat(pair.network.runUntilIdle(1_000 * MS)).isFalse();
    }

    @Test
    void aNetworkThatRunsInCirclesIsStopped() {
        Pair pair = new Pair(1, LinkConfig.PERFECT);
        pair.left.ask(Integer.MAX_VALUE, 0);
        assertThatThrownBy(() -> pair.network.runUntil(MS)).hasMessageContaining("in circles");
        pair.network.close();
    }

    @Test
    void timeDoesNotGoBack() {
        VirtualClock clock = new VirtualClock(5);
        assertThatThrownBy(() -> clock.advanceTo(4)).isInstanceOf(IllegalArgumentException.class);
    }
}
