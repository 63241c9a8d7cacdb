package dev.braid.fastpath.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
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

    /** A super-frame of 4,000 payload bytes, to be cut every 1,000. */
    private Frame superFrame() {
        int header = Ipv4.MIN_HEADER + Tcp.MIN_HEADER;
        Frame frame = pool.takeSuper();
        frame.resize(header + 4_000);
        Memory.zero(frame.data() + header, 4_000);
        Ipv4.write(frame.data(), 0, header + 4_000, 0, Ipv4.DONT_FRAGMENT, 64, Protocol.TCP, 0x0a000001, 0x0a000002);
        long tcp = frame.data() + Ipv4.MIN_HEADER;
        Tcp.write(tcp, 1, 2, 0, 0, Tcp.MIN_HEADER, Tcp.ACK, 100, 0);
        long pseudo = HeaderChecksum.pseudoHeader(frame.data(), Protocol.TCP, Tcp.MIN_HEADER + 4_000);
        HeaderChecksum.putPartial(tcp, Tcp.CHECKSUM_OFFSET, pseudo);
        return frame.partialChecksum(Ipv4.MIN_HEADER, Tcp.CHECKSUM_OFFSET).gso(Frame.GSO_TCP4, 1_000);
    }

    /** Counts what arrives. */
    private static final class Sink implements FrameProcessor {
        final List<Integer> lengths = new ArrayList<>();

        @Override
        public void onFrame(Frame frame, long nowNs) {
            lengths.add(frame.length());
            frame.release();
        }

        @Override
        public void onDevice(int device, boolean up, int mtu, long nowNs) {}

        @Override
        public void onDeadline(long nowNs) {}

        @Override
        public int flush(long nowNs) {
            return 0;
        }

        @Override
        public long nextDeadlineNs() {
            return Deadlines.NONE;
        }
    }

    private List<Integer> lengthsOfASuperFrame(boolean coalescing, LinkConfig config) {
        SimNetwork network = new SimNetwork(new VirtualClock(0), 1, pool, Counters.inMemory(arena, 64));
        SimNode from = network.node("from");
        SimNode to = network.node("to");
        Sink sink = new Sink();
        from.attach(new Sink());
        to.attach(sink);
        network.join(from, 0, to, 0, config, config);
        to.port(0).moderation(10 * MS).coalescing(coalescing);
        from.transmit(superFrame().device(0));
        network.runUntil(10 * MS);
        return sink.lengths;
    }

    @Test
    void superFramesCrossALinkAsPackets() {
        assertThat(lengthsOfASuperFrame(false, LinkConfig.PERFECT)).containsExactly(1_040, 1_040, 1_040, 1_040);
        assertThat(lengthsOfASuperFrame(false, LinkConfig.PERFECT.lose(1))).hasSize(3);
    }

    @Test
    void packetsAreCoalescedAtTheFarEnd() {
        assertThat(lengthsOfASuperFrame(true, LinkConfig.PERFECT)).containsExactly(4_040);
        assertThat(lengthsOfASuperFrame(true, LinkConfig.PERFECT.lose(1))).containsExactly(1_040, 2_040);
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
