package dev.braid.stack.tcp;

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
    long sentNs;
    long firstSentNs;
    int retransmits;
    boolean sacked;
    boolean lost;

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
}
