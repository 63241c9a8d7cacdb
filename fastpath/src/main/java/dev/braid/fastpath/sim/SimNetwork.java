package dev.braid.fastpath.sim;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.Coalescer;
import dev.braid.fastpath.offload.Segmenter;
import java.util.ArrayList;
import java.util.List;

/**
 * Hosts joined by simulated links under one virtual clock. The same seed and the same calls give the same run, of which
 * {@link #digest()} is the fingerprint.
 *
 * <p>At every moment packets that arrive are handed over first, port by port in the order they were joined; then deadlines
 * expire; then each host flushes. One thread.
 */
public final class SimNetwork {
    /** The most events at one moment before the network is taken to run in circles. */
    private static final int MAX_EVENTS_AT_ONCE = 100_000;
    /** The most packets that one port hands over together. */
    private static final int BATCH = 64;
    /** IPv6, TCP and most of its options. */
    private static final int DIGESTED = 80;

    private final VirtualClock clock;
    private final FramePool pool;
    private final Counters counters;
    private final SplitMix64 seeds;
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<SimPort> ports = new ArrayList<>();
    private final FrameBatch batch = new FrameBatch(BATCH);
    private final Segmenter segmenter;
    private final Coalescer coalescer;
    private long digest;

    /**
     * An empty network.
     *
     * @param seed decides what every link does
     * @param pool for packets the links copy and for those cut from super-frames
     */
    public SimNetwork(VirtualClock clock, long seed, FramePool pool, Counters counters) {
        this.clock = clock;
        this.pool = pool;
        this.counters = counters;
        this.seeds = new SplitMix64(seed);
        this.segmenter = new Segmenter(
                pool, counters.counter("SimNetwork.noFrame"), counters.counter("SimNetwork.malformed"));
        this.coalescer = new Coalescer(pool, BATCH);
    }

    /** The network's clock. */
    public VirtualClock clock() {
        return clock;
    }

    /** A new host, which needs a processor and ports. */
    public SimNode node(String name) {
        SimNode node = new SimNode(this, name);
        nodes.add(node);
        return node;
    }

    /**
     * Joins two hosts by a pair of links.
     *
     * @return the port of {@code one}; its {@code in()} is what {@code other} sends
     */
    public SimPort join(
            SimNode one, int deviceOfOne, SimNode other, int deviceOfOther, LinkConfig there, LinkConfig back) {
        SimLink forth = link(one.name() + '-' + other.name(), there);
        SimLink reverse = link(other.name() + '-' + one.name(), back);
        SimPort port = add(new SimPort(one, deviceOfOne, forth, reverse));
        add(new SimPort(other, deviceOfOther, reverse, forth));
        return port;
    }

    private SimLink link(String name, LinkConfig config) {
        return new SimLink(name, config, seeds.nextLong(), pool, new LinkCounters(counters, name));
    }

    private SimPort add(SimPort port) {
        port.node().ports().add(port);
        ports.add(port);
        port.wire(packet -> send(port, packet));
        return port;
    }

    /** The next moment at which something happens, or {@link Deadlines#NONE}. */
    public long nextEventNs() {
        long next = Deadlines.NONE;
        for (SimPort port : ports) {
            next = Math.min(next, port.nextArrivalNs());
        }
        for (SimNode node : nodes) {
            next = Math.min(next, node.processor().nextDeadlineNs());
        }
        return next;
    }

    /** Packets on their way on all links. */
    public int inFlight() {
        int count = 0;
        for (SimPort port : ports) {
            count += port.out().inFlight();
        }
        return count;
    }

    /** Goes to the next moment and lets everything due happen; false when nothing is to come. */
    public boolean step() {
        long next = nextEventNs();
        if (next == Deadlines.NONE) {
            return false;
        }
        long now = Math.max(next, clock.nowNs());
        clock.advanceTo(now);
        for (SimPort port : ports) {
            if (port.nextArrivalNs() <= now) {
                deliver(port, now);
            }
        }
        for (SimNode node : nodes) {
            FrameProcessor core = node.processor();
            if (core.nextDeadlineNs() <= now) {
                core.onDeadline(now);
            }
        }
        flush();
        return true;
    }

    /** Lets every host send what is due now, for instance after an application's calls. */
    public void flush() {
        for (SimNode node : nodes) {
            node.processor().flush(clock.nowNs());
        }
    }

    /**
     * Runs until nothing is to come.
     *
     * @return false when something still was at {@code limitNs}
     */
    public boolean runUntilIdle(long limitNs) {
        flush();
        while (nextEventNs() != Deadlines.NONE) {
            if (nextEventNs() > limitNs) {
                return false;
            }
            stepGuarded();
        }
        return true;
    }

    /** Runs to a moment, which the clock shows afterwards; everything due at that moment has happened. */
    public void runUntil(long momentNs) {
        flush();
        while (nextEventNs() <= momentNs) {
            stepGuarded();
        }
        clock.advanceTo(momentNs);
    }

    private long guardedNs = Long.MIN_VALUE;
    private int eventsAtOnce;

    private void stepGuarded() {
        step();
        if (clock.nowNs() != guardedNs) {
            guardedNs = clock.nowNs();
            eventsAtOnce = 0;
        } else if (++eventsAtOnce > MAX_EVENTS_AT_ONCE) {
            throw new IllegalStateException("the network runs in circles at " + guardedNs + " ns");
        }
    }

    /**
     * The fingerprint of all that was sent so far: when, where and what. Of a packet it takes the headers and the length; the
     * transport's checksum speaks for the payload.
     */
    public long digest() {
        return digest;
    }

    /** Releases what travels. */
    public void close() {
        for (SimPort port : ports) {
            port.out().close();
        }
    }

    /** Cuts what is no packet yet, and completes checksums, as a NIC would. */
    void transmit(SimPort port, Frame frame) {
        segmenter.process(frame, port.wire());
    }

    private void send(SimPort port, Frame packet) {
        digest = SplitMix64.at(digest ^ clock.nowNs(), ports.indexOf(port));
        digestHeaders(packet);
        port.out().offer(packet, clock.nowNs());
    }

    private void deliver(SimPort port, long nowNs) {
        while (fill(port, nowNs) > 0) {
            if (port.coalesces()) {
                coalescer.coalesce(batch);
            }
            handOver(port.node().processor(), nowNs);
        }
    }

    private int fill(SimPort port, long nowNs) {
        while (batch.remaining() > 0) {
            Frame frame = port.in().poll(nowNs);
            if (frame == null) {
                break;
            }
            batch.add(frame.device(port.device()).arrivalNs(nowNs));
        }
        return batch.size();
    }

    private void handOver(FrameProcessor core, long nowNs) {
        int count = batch.size();
        for (int i = 0; i < count; i++) {
            core.onFrame(batch.at(i), nowNs);
        }
        batch.clear();
    }

    private void digestHeaders(Frame frame) {
        long address = frame.data();
        int length = Math.min(frame.linearLength(), DIGESTED);
        int at = 0;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            digest = SplitMix64.at(digest, Memory.i64(address + at));
        }
        for (; at < length; at++) {
            digest = SplitMix64.at(digest, Memory.u8(address + at));
        }
        digest = SplitMix64.at(digest, frame.length());
    }
}
