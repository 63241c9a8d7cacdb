package dev.braid.fastpath.sim;

import java.util.Arrays;

/**
 * What a link does to packets, one direction of it. Immutable: each method answers a changed copy.
 *
 * <p>The default is a perfect wire: unlimited rate, no delay, no loss, packets up to 65,535 bytes.
 */
public final class LinkConfig implements Cloneable {
    /** A perfect wire. */
    public static final LinkConfig PERFECT = new LinkConfig();

    private static final long NEVER = Long.MAX_VALUE;

    long bitsPerSecond;
    int overheadBytes;
    long delayNs;
    long jitterNs;
    double loss;
    long[] lostIndices = {};
    double toBadState;
    double toGoodState = 1;
    double lossInBadState;
    double reorder;
    long reorderNs;
    double duplicate;
    double corrupt;
    int queueBytes = 256 << 10;
    long markBytes = NEVER;
    long markNs = NEVER;
    boolean dropsUnmarkable;
    long upNs;
    long downNs;
    int mtu = 65_535;
    boolean onlyPayload;

    private LinkConfig() {}

    private LinkConfig copy() {
        try {
            return (LinkConfig) clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    /** How fast bits leave the queue; 0 for at once, without a queue. */
    public LinkConfig rate(long bitsPerSecond) {
        LinkConfig changed = copy();
        changed.bitsPerSecond = bitsPerSecond;
        return changed;
    }

    /**
     * Bytes that every packet takes on the wire and in the queue besides its own, such as 14 for an Ethernet header: Linux's
     * shapers count it, since they see the frame.
     */
    public LinkConfig overhead(int bytes) {
        LinkConfig changed = copy();
        changed.overheadBytes = bytes;
        return changed;
    }

    /** How long every packet travels, in nanoseconds. */
    public LinkConfig delay(long delayNs) {
        LinkConfig changed = copy();
        changed.delayNs = delayNs;
        return changed;
    }

    /** How much longer, at most, a packet may travel, evenly distributed. Jitter alone does not change the order. */
    public LinkConfig jitter(long jitterNs) {
        LinkConfig changed = copy();
        changed.jitterNs = jitterNs;
        return changed;
    }

    /** The probability, 0..1, that a packet is lost, each independently. */
    public LinkConfig loss(double probability) {
        LinkConfig changed = copy();
        changed.loss = probability;
        return changed;
    }

    /** Loses exactly these packets, counted from 0 as they are offered, besides any random loss. */
    public LinkConfig lose(long... indices) {
        LinkConfig changed = copy();
        changed.lostIndices = indices.clone();
        Arrays.sort(changed.lostIndices);
        return changed;
    }

    /**
     * Loss in bursts, by Gilbert and Elliott's two-state chain, which takes a step for every packet.
     *
     * @param toBad probability of going from the good state to the bad one; 0 switches bursts off
     * @param toGood probability of coming back
     * @param lossInBad probability of loss in the bad state
     */
    public LinkConfig bursts(double toBad, double toGood, double lossInBad) {
        LinkConfig changed = copy();
        changed.toBadState = toBad;
        changed.toGoodState = toGood;
        changed.lossInBadState = lossInBad;
        return changed;
    }

    /** With this probability a packet travels {@code lateNs} longer and those behind it overtake. */
    public LinkConfig reorder(double probability, long lateNs) {
        LinkConfig changed = copy();
        changed.reorder = probability;
        changed.reorderNs = lateNs;
        return changed;
    }

    /** The probability that a packet arrives twice. */
    public LinkConfig duplicate(double probability) {
        LinkConfig changed = copy();
        changed.duplicate = probability;
        return changed;
    }

    /** The probability that one bit of a packet arrives flipped. */
    public LinkConfig corrupt(double probability) {
        LinkConfig changed = copy();
        changed.corrupt = probability;
        return changed;
    }

    /** Bytes that wait in front of a limited rate before the tail is dropped. A packet always fits an empty queue. */
    public LinkConfig queue(int bytes) {
        LinkConfig changed = copy();
        changed.queueBytes = bytes;
        return changed;
    }

    /**
     * Marks packets that find more than so many bytes waiting for the limited rate, overhead included: a step as DCTCP wants it
     * (RFC 8257 section 3.1), with tail drop above it as before. What is not markable passes, unless {@link #dropUnmarkable}.
     */
    public LinkConfig markAbove(int bytes) {
        LinkConfig changed = copy();
        changed.markBytes = bytes;
        return changed;
    }

    /** As {@link #markAbove}, for packets that have to wait longer than so many nanoseconds. */
    public LinkConfig markAfter(long waitNs) {
        LinkConfig changed = copy();
        changed.markNs = waitNs;
        return changed;
    }

    /** Drops what is to be marked and is not markable, as RED does, so that it feels the same threshold. */
    public LinkConfig dropUnmarkable() {
        LinkConfig changed = copy();
        changed.dropsUnmarkable = true;
        return changed;
    }

    /** Works for {@code upNs}, then loses everything for {@code downNs}, and so on from moment 0; 0, 0 for always up. */
    public LinkConfig flaps(long upNs, long downNs) {
        LinkConfig changed = copy();
        changed.upNs = upNs;
        changed.downNs = downNs;
        return changed;
    }

    /** The largest packet that passes, in bytes of IP; larger ones are lost. */
    public LinkConfig mtu(int bytes) {
        LinkConfig changed = copy();
        changed.mtu = bytes;
        return changed;
    }

    /**
     * Impairs only packets with TCP payload, and counts only them: the n-th data packet meets the same fate whatever else
     * crosses the link. All others meet rate, queue, delay and MTU alone.
     */
    public LinkConfig onlyPayload() {
        LinkConfig changed = copy();
        changed.onlyPayload = true;
        return changed;
    }

    /** Whether the packet of this index is one of those to be lost. */
    boolean loses(long index) {
        return Arrays.binarySearch(lostIndices, index) >= 0;
    }

    /** Whether a packet that has to wait so long behind so many bytes is to be marked. */
    boolean marks(long waitNs, double waitingBytes) {
        return waitNs > markNs || waitingBytes > markBytes;
    }

    /** When the down time that holds {@code nowNs} or comes next begins; far in the future when there is none. */
    long nextDownNs(long nowNs) {
        if (downNs == 0) {
            return Long.MAX_VALUE;
        }
        return nowNs - Math.floorMod(nowNs, upNs + downNs) + upNs;
    }

    @Override
    public String toString() {
        return "rate %d bit/s with %d B overhead, delay %d us, jitter %d us, loss %s, bursts %s/%s/%s, reorder %s by %d us, duplicate %s, corrupt %s, queue %d B, up/down %d/%d ms, mtu %d, only payload %s, marks %s"
                .formatted(
                        bitsPerSecond,
                        overheadBytes,
                        delayNs / 1000,
                        jitterNs / 1000,
                        loss,
                        toBadState,
                        toGoodState,
                        lossInBadState,
                        reorder,
                        reorderNs / 1000,
                        duplicate,
                        corrupt,
                        queueBytes,
                        upNs / 1_000_000,
                        downNs / 1_000_000,
                        mtu,
                        onlyPayload,
                        marking());
    }

    private String marking() {
        if (markBytes == NEVER && markNs == NEVER) {
            return "nothing";
        }
        String above = markBytes == NEVER ? "" : " above " + markBytes + " B";
        String after = markNs == NEVER ? "" : " after " + markNs / 1000 + " us";
        return (above + after).strip() + (dropsUnmarkable ? ", drops the unmarkable" : "");
    }
}
