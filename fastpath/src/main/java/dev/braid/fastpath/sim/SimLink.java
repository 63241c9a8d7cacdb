package dev.braid.fastpath.sim;

import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.TransportLocator;
import dev.braid.fastpath.sim.LinkTap.Fate;
import dev.braid.fastpath.wire.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a link: a queue in front of a limited rate, then a way that delays, loses, reorders, duplicates and flips
 * bits, all as its seed says.
 *
 * <p>It works on packets as they are on the wire: super-packets are cut and checksums completed before they are offered. It has
 * no clock; the caller's {@code nowNs} never goes back. What happens to the n-th packet depends on the seed and n alone, not on
 * when it is offered nor on the other impairments. Nothing is allocated once the most packets ever in flight are known, as long
 * as every packet offered is contiguous. One thread.
 */
public final class SimLink {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final String name;
    private final FramePool pool;
    private final LinkCounters counters;
    private final long lossSeed;
    private final long burstSeed;
    private final long jitterSeed;
    private final long reorderSeed;
    private final long duplicateSeed;
    private final long corruptSeed;
    private final TransportLocator transport = new TransportLocator();
    private final FlightQueue flight = new FlightQueue();
    private final FrameOutput entrance;

    private LinkConfig config;
    private @Nullable Middlebox middlebox;
    private @Nullable LinkTap tap;
    private boolean cut;
    private boolean badState;
    private long offered;
    private long offeredNs;
    private long freeNs = Long.MIN_VALUE;
    private long lastDueNs = Long.MIN_VALUE;

    /**
     * An idle link.
     *
     * @param name for counters and journals
     * @param seed decides every impairment
     * @param pool where copies come from: of duplicates, and of packets with fragments
     */
    public SimLink(String name, LinkConfig config, long seed, FramePool pool, LinkCounters counters) {
        this.name = name;
        this.config = config;
        this.pool = pool;
        this.counters = counters;
        this.entrance = frame -> enter(frame, offeredNs);
        this.lossSeed = SplitMix64.at(seed, 1);
        this.burstSeed = SplitMix64.at(seed, 2);
        this.jitterSeed = SplitMix64.at(seed, 3);
        this.reorderSeed = SplitMix64.at(seed, 4);
        this.duplicateSeed = SplitMix64.at(seed, 5);
        this.corruptSeed = SplitMix64.at(seed, 6);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** What it does to packets now. */
    public LinkConfig config() {
        return config;
    }

    /** Treats packets offered from now on by another rule; those on their way are not touched. */
    public void reshape(LinkConfig changed) {
        config = changed;
    }

    /** Puts a box in front of the link, or takes it away. */
    public void middlebox(@Nullable Middlebox box) {
        middlebox = box;
    }

    /** Lets somebody watch, or nobody. */
    public void tap(@Nullable LinkTap watcher) {
        tap = watcher;
    }

    /** Cuts the link: everything on its way is lost, and everything offered until {@link #mend()}. */
    public void cut(long nowNs) {
        cut = true;
        for (Frame frame = flight.remove(); frame != null; frame = flight.remove()) {
            drop(frame, Fate.LINK_DOWN, nowNs);
        }
        freeNs = Long.MIN_VALUE;
    }

    /** Ends a cut. */
    public void mend() {
        cut = false;
    }

    /** Packets on their way, queue included. */
    public int inFlight() {
        return flight.size();
    }

    /** Packets offered so far, whatever became of them: the index of the next one. Spared packets do not count. */
    public long offered() {
        return offered;
    }

    /** Takes a packet, which will arrive, or is released and counted. */
    public void offer(Frame frame, long nowNs) {
        Frame packet = contiguous(frame, nowNs);
        if (packet == null) {
            return;
        }
        forgetTheSender(packet);
        Middlebox box = middlebox;
        if (box == null) {
            enter(packet, nowNs);
        } else {
            offeredNs = nowNs;
            box.onFrame(packet, nowNs, entrance);
        }
    }

    /**
     * The next packet that has arrived by {@code nowNs}, in order of arrival; the caller owns it. {@code null} when there is
     * none.
     */
    public @Nullable Frame poll(long nowNs) {
        Middlebox box = middlebox;
        if (box != null && box.nextDeadlineNs() <= nowNs) {
            offeredNs = nowNs;
            box.onDeadline(nowNs, entrance);
        }
        if (flight.nextDueNs() > nowNs) {
            return null;
        }
        Frame frame = flight.remove();
        if (frame != null) {
            counters.arrivedBytes().add(frame.length());
            report(frame, Fate.ARRIVED, nowNs);
        }
        return frame;
    }

    /**
     * When {@link #poll} will have the next packet, or its middlebox something to do; {@link
     * dev.braid.fastpath.device.Deadlines#NONE} for never.
     */
    public long nextDeadlineNs() {
        Middlebox box = middlebox;
        return box == null ? flight.nextDueNs() : Math.min(flight.nextDueNs(), box.nextDeadlineNs());
    }

    /** Releases what is on its way. */
    public void close() {
        Middlebox box = middlebox;
        if (box != null) {
            box.close();
        }
        for (Frame frame = flight.remove(); frame != null; frame = flight.remove()) {
            frame.release();
        }
    }

    private void enter(Frame frame, long nowNs) {
        counters.offeredBytes().add(frame.length());
        LinkConfig now = config;
        boolean spared = now.onlyPayload && !hasPayload(frame);
        long index = offered;
        boolean lost = !spared && losesAtRandom(now, offered++);
        if (frame.length() > now.mtu) {
            drop(frame, Fate.TOO_BIG, nowNs);
            return;
        }
        if (cut || nowNs >= now.nextDownNs(nowNs)) {
            drop(frame, Fate.LINK_DOWN, nowNs);
            return;
        }
        if (isCongested(now, nowNs)) {
            if (CongestionMark.put(frame)) {
                report(frame, Fate.MARKED, nowNs);
            } else if (now.dropsUnmarkable) {
                drop(frame, Fate.UNMARKABLE, nowNs);
                return;
            }
        }
        long leavesNs = leavesNs(now, frame.length() + now.overheadBytes, nowNs);
        if (leavesNs < 0) {
            drop(frame, Fate.QUEUE_FULL, nowNs);
            return;
        }
        if (lost) {
            drop(frame, Fate.LOST, nowNs);
            return;
        }
        long arrivesNs = spared ? arrivesInOrderNs(now, leavesNs) : arrivesNs(now, index, leavesNs);
        if (arrivesNs >= now.nextDownNs(nowNs)) {
            drop(frame, Fate.LINK_DOWN, nowNs);
            return;
        }
        if (spared) {
            report(frame, Fate.SENT, nowNs);
            flight.add(frame, arrivesNs);
        } else {
            travel(now, frame, index, arrivesNs, nowNs);
        }
    }

    /** Whether there is anything behind a TCP header. */
    private boolean hasPayload(Frame frame) {
        int length = frame.linearLength();
        if (!transport.locate(frame.data(), length, length) || transport.protocol() != Protocol.TCP) {
            return false;
        }
        int header = transport.headerLength(frame.data(), length);
        return header > 0 && transport.end() - transport.offset() > header;
    }

    private boolean losesAtRandom(LinkConfig now, long index) {
        long step = SplitMix64.at(burstSeed, 2 * index);
        badState = SplitMix64.chance(step, badState ? 1 - now.toGoodState : now.toBadState);
        boolean lost = badState && SplitMix64.chance(SplitMix64.at(burstSeed, 2 * index + 1), now.lossInBadState);
        lost |= SplitMix64.chance(SplitMix64.at(lossSeed, index), now.loss);
        return lost | now.loses(index);
    }

    /** Whether the queue that a packet finds calls for marks. */
    private boolean isCongested(LinkConfig now, long nowNs) {
        if (now.bitsPerSecond == 0 || freeNs <= nowNs) {
            return false;
        }
        long waitNs = freeNs - nowNs;
        return now.marks(waitNs, waitingBytes(now, waitNs));
    }

    private static double waitingBytes(LinkConfig now, long waitNs) {
        return (double) waitNs * now.bitsPerSecond / (8.0 * NS_PER_SECOND);
    }

    /** When the last bit leaves the queue, or -1 when the queue has no room. */
    private long leavesNs(LinkConfig now, int bytes, long nowNs) {
        if (now.bitsPerSecond == 0) {
            return nowNs;
        }
        long startsNs = Math.max(freeNs, nowNs);
        double waitingBytes = waitingBytes(now, startsNs - nowNs);
        if (waitingBytes > 0 && waitingBytes + bytes > now.queueBytes) {
            return -1;
        }
        counters.waiting((long) waitingBytes + bytes);
        freeNs = startsNs + Math.max(1, bytes * 8L * NS_PER_SECOND / now.bitsPerSecond);
        return freeNs;
    }

    private long arrivesInOrderNs(LinkConfig now, long leavesNs) {
        lastDueNs = Math.max(leavesNs + now.delayNs, lastDueNs);
        return lastDueNs;
    }

    private long arrivesNs(LinkConfig now, long index, long leavesNs) {
        long due = leavesNs + now.delayNs;
        if (now.jitterNs > 0) {
            due += Math.floorMod(SplitMix64.at(jitterSeed, index), now.jitterNs + 1);
        }
        due = Math.max(due, lastDueNs);
        if (SplitMix64.chance(SplitMix64.at(reorderSeed, index), now.reorder)) {
            return due + now.reorderNs;
        }
        lastDueNs = due;
        return due;
    }

    private void travel(LinkConfig now, Frame frame, long index, long arrivesNs, long nowNs) {
        Frame twin = SplitMix64.chance(SplitMix64.at(duplicateSeed, index), now.duplicate) ? copy(frame) : null;
        long flip = SplitMix64.at(corruptSeed, 2 * index);
        if (SplitMix64.chance(flip, now.corrupt)) {
            flipOneBit(frame, SplitMix64.at(corruptSeed, 2 * index + 1));
            report(frame, Fate.CORRUPTED, nowNs);
        } else {
            report(frame, Fate.SENT, nowNs);
        }
        flight.add(frame, arrivesNs);
        if (twin != null) {
            report(twin, Fate.DUPLICATED, nowNs);
            flight.add(twin, arrivesNs);
        }
    }

    private static void flipOneBit(Frame frame, long draw) {
        long bit = Math.floorMod(draw, frame.linearLength() * 8L);
        long address = frame.data() + (bit >>> 3);
        Memory.put8(address, Memory.u8(address) ^ (1 << (bit & 7)));
    }

    /** The packet in one piece and in nobody else's memory, as it would come out of a real device; releases the original. */
    private @Nullable Frame contiguous(Frame frame, long nowNs) {
        if (frame.fragmentCount() == 0 && frame.references() == 1 && !frame.isClone() && !frame.hasExtensions()) {
            return frame;
        }
        Frame copy = copy(frame);
        if (copy == null) {
            drop(frame, Fate.NO_MEMORY, nowNs);
            return null;
        }
        frame.release();
        return copy;
    }

    /** Metadata does not travel: the receiver finds a packet of which nothing is known. */
    private static void forgetTheSender(Frame frame) {
        frame.checksumState(Frame.CHECKSUM_UNVERIFIED).gso(Frame.GSO_NONE, 0).gsoEcn(false);
        frame.flowHash(0).transportOffset(0).payloadOffset(0);
    }

    private @Nullable Frame copy(Frame frame) {
        Frame copy = pool.take(frame.length());
        if (copy != null) {
            copy.resize(frame.length());
            frame.copyTo(copy.data());
            copy.copyLinkHeader(frame);
        }
        return copy;
    }

    private void drop(Frame frame, Fate fate, long nowNs) {
        report(frame, fate, nowNs);
        frame.release();
    }

    private void report(Frame frame, Fate fate, long nowNs) {
        counters.of(fate).increment();
        LinkTap watcher = tap;
        if (watcher != null) {
            watcher.onFate(this, frame, fate, nowNs);
        }
    }
}
