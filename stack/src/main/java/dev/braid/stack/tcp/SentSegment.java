package dev.braid.stack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * What was sent in one frame and is not acknowledged yet: up to 64 KiB of data, or a SYN or a FIN. A pooled record of
 * {@link SentQueue}, valid until the queue changes.
 *
 * <p>Positions count sequence numbers from the first data byte: data byte {@code n} of the stream is position {@code n} (its
 * sequence number is ISS + 1 + n), the SYN is position -1, the FIN comes behind the last byte.
 */
public final class SentSegment {
    long start;
    int dataLength;
    boolean syn;
    boolean fin;
    int mss;
    /** Where one of the packets began: others begin at multiples of {@link #mss} from here. */
    long grid;
    long sentNs;
    long firstSentNs;
    int retransmits;
    boolean sacked;
    boolean lost;
    /** Packets that SACK blocks named, while {@link #sacked}. */
    int sackedPackets;
    /** In a {@link ResentList}, between these two. */
    boolean listed;

    @Nullable SentSegment earlierResent;
    @Nullable SentSegment laterResent;
    /** What was delivered, and when, as this was sent: for {@link DeliveryRate}. */
    long rateDelivered;

    long rateDeliveredNs;
    long rateFirstSentNs;
    /** Bytes in flight once it had left, up to its end. */
    long rateInflight;
    /** Bytes ever lost as it left. */
    long rateLost;
    boolean rateAppLimited;

    SentSegment() {}

    /** Its first position; -1 for a SYN. */
    public long start() {
        return start;
    }

    /** The position behind it. */
    public long end() {
        return start + length();
    }

    /** Sequence numbers it occupies: data, SYN and FIN. */
    public int length() {
        return dataLength + (syn ? 1 : 0) + (fin ? 1 : 0);
    }

    /** The position of its first data byte in the stream. */
    public long dataStart() {
        return syn ? start + 1 : start;
    }

    /** Bytes of data. */
    public int dataLength() {
        return dataLength;
    }

    /** Whether it carries the SYN. */
    public boolean syn() {
        return syn;
    }

    /** Whether it carries the FIN. */
    public boolean fin() {
        return fin;
    }

    /** Payload bytes of each packet it was cut into: where SACK blocks may divide it. */
    public int mss() {
        return mss;
    }

    /** When it was last sent. */
    public long sentNs() {
        return sentNs;
    }

    /** When it was first sent. */
    public long firstSentNs() {
        return firstSentNs;
    }

    /** How often it was sent again. */
    public int retransmits() {
        return retransmits;
    }

    /** The receiver has it, out of order (RFC 2018). */
    public boolean sacked() {
        return sacked;
    }

    /** Believed lost and not sent again yet. */
    public boolean lost() {
        return lost;
    }

    /** Packets of the wire it was cut into. */
    int packets() {
        return Math.max(0, length() - 1) / mss + 1;
    }

    /** The first packet boundary at or behind a position inside the record; its ends count as boundaries. */
    long boundaryFrom(long position) {
        if (position <= start) {
            return start;
        }
        long boundary = position + Math.floorMod(grid - position, (long) mss);
        return Math.min(boundary, end());
    }

    /** The last packet boundary at or before a position inside the record; its ends count as boundaries. */
    long boundaryUpTo(long position) {
        if (position >= end()) {
            return end();
        }
        return Math.max(position - Math.floorMod(position - grid, (long) mss), start);
    }

    /** Takes sequence numbers off the front; fewer than {@link #length()}. */
    void cutFront(int count) {
        int data = count;
        if (syn && count > 0) {
            syn = false;
            data--;
        }
        start += count;
        dataLength -= data;
    }

    /** Moves what lies from {@code position} on, inside the record's data or right behind it, to {@code rest}. */
    void moveTail(long position, SentSegment rest) {
        rest.start = position;
        rest.dataLength = (int) (dataStart() + dataLength - position);
        rest.syn = false;
        rest.fin = fin;
        rest.mss = mss;
        rest.grid = grid;
        rest.sentNs = sentNs;
        rest.firstSentNs = firstSentNs;
        rest.retransmits = retransmits;
        rest.rateDelivered = rateDelivered;
        rest.rateDeliveredNs = rateDeliveredNs;
        rest.rateFirstSentNs = rateFirstSentNs;
        rest.rateAppLimited = rateAppLimited;
        rest.rateInflight = rateInflight;
        rest.rateLost = rateLost;
        rest.sacked = sacked;
        rest.lost = lost;
        rateInflight -= rest.length();
        dataLength -= rest.dataLength;
        fin = false;
    }

    /** Takes the record behind it in; both are SACKed. */
    void join(SentSegment next) {
        dataLength += next.dataLength;
        fin = next.fin;
        sentNs = Math.max(sentNs, next.sentNs);
        firstSentNs = Math.min(firstSentNs, next.firstSentNs);
        retransmits = Math.max(retransmits, next.retransmits);
        sackedPackets += next.sackedPackets;
    }

    @Override
    public String toString() {
        return "[" + start + "," + end() + ")" + (syn ? " SYN" : "") + (fin ? " FIN" : "") + (sacked ? " sacked" : "")
                + (lost ? " lost" : "") + (retransmits > 0 ? " sent again " + retransmits + "x" : "");
    }
}
